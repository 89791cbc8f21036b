"""The window: PySide6 and pyqtgraph on core. The network runs in a separate process."""
