"""`python -m tests.notifications.replay FOLDER`: replay a folder of recordings, and say what differs."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from kuma_lite.core.declarations import NotificationService
from kuma_lite.core.registry import Registry
from kuma_lite.notifications import services as services_package
from tests.notifications.replay.recordings import files, load
from tests.notifications.replay.run import Found, Key, declared_differences, replay


def main(folder: Path, *, as_entries: bool = False) -> int:
    """Print the report; returns 1 when something differs that is not declared."""
    base: Any = NotificationService
    services: Any = Registry(services_package, base)
    found: dict[str, Found] = {}
    missing: list[str] = []
    declared = declared_differences()
    for path in files(folder):
        name = load(path)["type"]
        if services.get(name) is None:
            missing.append(name)
        else:
            found[name] = asyncio.run(replay(services, path, declared))
    different = {key: lines for one in found.values() for key, lines in one.different.items()}
    if as_entries:
        print(json.dumps(_entries(different), indent=1, ensure_ascii=False))
        return bool(different)
    _report(found, missing, different)
    return bool(different)


def _entries(different: dict[Key, list[str]]) -> list[dict[str, Any]]:
    """What would have to be declared; the reasons are for people to write."""
    return [
        {"service": service, "variant": variant, "case": case, "why": "", "diff": lines}
        for (service, variant, case), lines in different.items()
    ]


def _report(found: dict[str, Found], missing: list[str], different: dict[Key, list[str]]) -> None:
    for key, lines in different.items():
        print(" · ".join(key))
        print("\n".join(f"    {line}" for line in lines))
    calls = sum(one.calls for one in found.values())
    equal = sum(one.equal for one in found.values())
    declared = sum(len(one.declared - set(one.different)) for one in found.values())
    print(
        f"{len(found)} services · {calls} calls · {equal} equal · {declared} different as declared · "
        f"{len(different)} different"
    )
    if missing:
        print(f"{len(missing)} services are not built: {', '.join(missing)}")


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--entries"]
    if len(arguments) != 1:
        sys.exit("usage: python -m tests.notifications.replay [--entries] FOLDER")
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main(Path(arguments[0]), as_entries="--entries" in sys.argv))
