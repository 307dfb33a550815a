"""`python -m kuma_lite`, and the command of a package."""

import gc
import sys

gc.disable()  # what is imported stays: a tenth of the time it takes; `main` switches it on again

from kuma_lite.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
