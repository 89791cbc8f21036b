"""The export dialog: figures, films, data and screenshots."""
