"""Numbers among the words of a command. They have a decimal point, in every language."""

import argparse


def whole_number(text: str) -> int:
    """A whole number, with a sign or without.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, like 12, not {text!r}") from None


def decimal_number(text: str) -> float:
    """A number, with a decimal point or without.

    Raises:
        argparse.ArgumentTypeError: it is none. A comma separates numbers here, as in "-40,0".
    """
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be a number with a decimal point, like 1.5, not {text!r}"
        ) from None
