"""How long a push message may be."""

from __future__ import annotations

from typing import Final

RECORD_BYTES: Final = 4096  # of a body: what every push service takes (RFC 8030, 7.2); some take no more
_HEADER_BYTES: Final = 16 + 4 + 1 + 65  # salt, size of a record, length of the key, our public key
_RECORD_OVERHEAD: Final = 1 + 16  # mark of the last record, tag of AES-GCM
MAX_BYTES: Final = RECORD_BYTES - _HEADER_BYTES - _RECORD_OVERHEAD  # of what is encrypted
