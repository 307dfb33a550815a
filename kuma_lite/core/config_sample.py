"""The commented sample of the settings file, made from the declarations in `config.py`."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.config import DEFAULTS, FILE_SUFFIX, PREFIX, SETTINGS


def sample_toml() -> str:
    """The commented file with every setting at its default."""
    lines = [
        "# Kuma Lite reads this file at its start, from the data folder or from where --config says.",
        "# Every setting can also be given as a flag (--log-level) or in the environment",
        f"# ({PREFIX}LOG_LEVEL); a flag beats the environment, and that beats this file.",
    ]
    for name, setting in SETTINGS.items():
        names = ", ".join([f"{PREFIX}{name.upper()}", *setting.others])
        lines += ["", f"# {setting.help}", f"# In the environment: {names}"]
        if setting.secret:
            lines.append(f"# or {PREFIX}{name.upper()}{FILE_SUFFIX} with the name of a file that holds it.")
        default = DEFAULTS[name]
        value = setting.sample if setting.sample is not None and default in (None, "") else default
        lines.append(f"#{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return f'"{value}"'
