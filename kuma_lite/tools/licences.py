"""What this program is made of, and under which terms: the libraries that it declares itself.

Written down rather than asked of the installation: the one-file program has no metadata of its libraries.
`tests/tools/test_licences.py` compares it with them.
"""

from __future__ import annotations

from typing import Final

# Library → SPDX expression.
SERVER: Final = {
    "litestar": "MIT",
    "granian": "BSD-3-Clause",
    "python-socketio": "MIT",
    "msgspec": "BSD-3-Clause",
    "pydantic": "MIT",
    "apsw": "Zlib",
    "aiosqlite": "MIT",
    "uvloop": "MIT OR Apache-2.0",
    "httptools": "MIT",
    "bcrypt": "Apache-2.0",
    "cryptography": "Apache-2.0 OR BSD-3-Clause",
    "aiosmtplib": "MIT",
    "certifi": "MPL-2.0",
    "tzdata": "Apache-2.0",
    "idna": "BSD-3-Clause",
    "psutil": "BSD-3-Clause",
    "jsonata-python": "Apache-2.0",
    "brotli": "MIT",
    "backports.zstd": "PSF-2.0",
    "pyyaml": "MIT",
    "asyncssh": "EPL-2.0 OR GPL-2.0-or-later",
    "dnspython": "ISC",
    "pymongo": "Apache-2.0",
    "h2": "MIT",
    "protobuf": "BSD-3-Clause",
    "pyspnego": "MIT",
}
PAGE: Final = {"vue": "MIT", "vue-router": "MIT", "socket.io-client": "MIT", "uplot": "MIT"}
OWN: Final = "MIT"
