"""The one exception type for what the user can mend."""


class VinguiError(Exception):
    """What the user brought does not fit: says what was expected and what came.

    The message is one line, shown as it is. Anything else that is raised is a bug.
    """
