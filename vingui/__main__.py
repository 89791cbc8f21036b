"""`python -m vingui`."""

import sys

from vingui.cli import main

if __name__ == "__main__":
    sys.exit(main())
