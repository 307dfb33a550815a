"""Where releases are and who signs them: the one place that says so.

`make release-key` makes a key, keeps its private half outside of the repository, and writes the public half
here. Of several keys each is good: a new one is added a release before the old one is no longer used.
"""

from __future__ import annotations

from typing import Final

# The newest release, whichever that is: its files are below this address.
RELEASES_URL: Final = "https://github.com/kuma-lite/kuma-lite/releases/latest/download"

# Ed25519, the 32 bytes of each in base64. Without any this program takes no update by itself.
PUBLIC_KEYS: Final[tuple[str, ...]] = ()
