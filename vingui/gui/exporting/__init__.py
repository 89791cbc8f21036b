"""Figures, films, data and screenshots: the dialog, the requests and the figure process."""
