"""`python -m kuma_lite`."""

import sys

from kuma_lite.cli import main

if __name__ == "__main__":
    sys.exit(main())
