"""Where the one-file and one-dir binaries start."""

from __future__ import annotations

import gc
import sys

gc.disable()  # what is imported stays; `main` switches it on again

from kuma_lite.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
