"""The map being edited: its history, its file, the drawing tools and recovery after a crash."""
