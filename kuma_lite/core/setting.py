"""How a setting of the process is declared: see `config.py`."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core.config_values import Reader

DECLARATION: Final = "setting"


class Setting(Struct, frozen=True):
    """How one field of `Config` is written outside.

    Args:
        help: one sentence.
        read: text (environment, flag) or TOML value → value; raises BadValue.
        others: further names in the environment, those of Uptime Kuma, in the order of precedence.
        switch: a flag without value.
        secret: may also come from the file that `<NAME>_FILE` names, and has no flag: flags show in `ps`.
        sample: shown in the sample file instead of the default.
    """

    help: str
    read: Reader
    others: tuple[str, ...] = ()
    switch: bool = False
    secret: bool = False
    sample: Any = None


def declare(default: Any, help: str, read: Reader, *others: str, **more: Any) -> Any:
    """A field of `Config`."""
    return field(default=default, metadata={DECLARATION: Setting(help, read, others, **more)})
