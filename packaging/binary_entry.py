"""Where the one-file and one-dir binaries start."""

from __future__ import annotations

import sys

from kuma_lite.cli import main

if __name__ == "__main__":
    sys.exit(main())
