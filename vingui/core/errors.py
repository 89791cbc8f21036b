"""The exception for errors that the user can correct."""


class VinguiError(Exception):
    """An input, an option or a file that cannot be used.

    Its message is one line, shown to the user as it is: what is wrong, and what to do about it.
    Any other exception is a bug.
    """
