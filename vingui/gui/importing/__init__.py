"""Opening files and pictures: reading them in the background, and the dialogs about them."""
