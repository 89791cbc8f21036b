"""Encoders of films. Pages are encoded one by one, so that long films take no more memory."""
