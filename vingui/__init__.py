"""See planning converge: gridworlds planned by Keras Value Iteration Networks."""

__version__ = "0.1.0"
