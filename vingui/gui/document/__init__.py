"""The edited map: its undo history, its file, the drawing tools and recovery after a crash."""
