"""Graphics processors: what NVIDIA's own program says of them, and the kernel of those of AMD."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

SYSFS: Final = Path("/sys/class/drm")
PROGRAM: Final = "nvidia-smi"
TIMEOUT_S: Final = 5.0  # a driver that hangs must not keep the host's samples back
SHOWN: Final = 16
_QUERY: Final = "name,utilization.gpu,memory.used,memory.total,temperature.gpu"
_MEBIBYTE: Final = 1024 * 1024
_MILLI: Final = 1000

Row = dict[str, Any]


def gpus(sysfs: Path = SYSFS, program: str | None = None) -> list[Row] | None:
    """Name, load (percent), memory and all of it (bytes), temperature (°C) of each; None where there is none.

    Args:
        sysfs: where the kernel lists cards.
        program: of NVIDIA; what is in the path.
    """
    found = [*_of_nvidia(program or shutil.which(PROGRAM)), *_of_amd(sysfs)]
    return found[:SHOWN] or None


def _of_nvidia(program: str | None) -> list[Row]:
    if program is None:
        return []
    command = [program, f"--query-gpu={_QUERY}", "--format=csv,noheader,nounits"]
    try:
        run = subprocess.run(  # noqa: S603 - a program of the system, no text of others
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return []
    rows = []
    for line in run.stdout.splitlines():
        name, *figures = (cell.strip() for cell in line.split(","))
        if len(figures) == len(_QUERY.split(",")) - 1:
            load, used, total, temperature = map(_number, figures)
            rows.append(_row(name, load, _times(used, _MEBIBYTE), _times(total, _MEBIBYTE), temperature))
    return rows


def _of_amd(sysfs: Path) -> list[Row]:
    rows = []
    for busy in sorted(sysfs.glob("card*/device/gpu_busy_percent")):
        device = busy.parent
        name = _text(device / "product_name") or f"AMD {device.parent.name}"
        heat = next(iter(sorted(device.glob("hwmon/hwmon*/temp1_input"))), device / "temp1_input")
        used, total = (_number(_text(device / f"mem_info_vram_{kind}")) for kind in ("used", "total"))
        temperature = _times(_number(_text(heat)), 1 / _MILLI)
        rows.append(_row(name, _number(_text(busy)), used, total, temperature))
    return rows


def _row(
    name: str, load: float | None, used: float | None, total: float | None, temperature: float | None
) -> Row:
    return {"name": name, "load": load, "memory": used, "memory_total": total, "temperature": temperature}


def _number(text: str) -> float | None:
    """None for what a card cannot tell, as "[N/A]"."""
    try:
        return float(text)
    except ValueError:
        return None


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, ValueError):
        return ""
