"""The window's side of the training process."""
