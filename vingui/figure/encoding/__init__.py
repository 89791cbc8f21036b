"""Films as files: pages are encoded as they come, so that a film's length takes no memory."""
