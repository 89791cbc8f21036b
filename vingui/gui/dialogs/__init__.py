"""Windows of their own, imported when they are first opened."""
