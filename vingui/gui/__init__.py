"""The window: PySide6 and pyqtgraph on core. The network lives in a process of its own."""
