"""Dialogs and secondary windows, imported when they are first opened."""
