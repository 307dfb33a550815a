"""Whom the program is in a container: it starts as root, gives the data folder to one user and becomes it.

So a named volume and a folder of the host that belongs to root both work with one line, and nothing that
listens or checks has the rights of root. `PUID` and `PGID` name the user whose the folder is on the host.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kuma_lite.core.errors import StartupError

USER: Final = 10001  # of the image; also the number of its group
_LARGEST: Final = 2**31 - 1


def become_user(environment: Mapping[str, str]) -> None:
    """Drop the rights of root, in a container of our image only.

    Raises StartupError with one sentence where that cannot be: a number that is none, PUID without the rights
    to become that user, a folder that nobody may give away.
    """
    if environment.get("KUMA_LITE_IS_CONTAINER", "").lower() not in ("1", "true", "yes", "on"):
        return
    user = _number(environment, "PUID", USER)
    group = _number(environment, "PGID", USER)
    if os.geteuid() != 0:
        if "PUID" in environment and os.geteuid() != user:
            raise StartupError(
                f"PUID asks for user {user}, but the container was started as user {os.geteuid()}: leave out "
                "--user (`user:` in a compose file) or PUID."
            )
        return
    if user == 0:  # asked for: on a host where containers have no root of the host's, that is right
        return
    folder = Path(environment.get("KUMA_LITE_DATA_DIR") or environment.get("DATA_DIR") or "/data")
    try:
        _give(folder, user, group)
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
    except OSError as error:
        raise StartupError(
            f"The data folder {folder} cannot be given to user {user} ({error.strerror}): run "
            f"`chown -R {user}:{group}` on it on the host and start the container with --user {user}:{group}."
        ) from None


def _number(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    """A user's or group's number from the environment. Raises StartupError when it is none."""
    text = environment.get(name, "").strip() or str(otherwise)
    if not (text.isascii() and text.isdigit() and int(text) <= _LARGEST):
        raise StartupError(f"{name} is the number of a user or group, not {text!r}.")
    return int(text)


def _give(folder: Path, user: int, group: int) -> None:
    """Make the folder and all in it the user's; nothing is looked through when the folder is already."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder.stat().st_uid, folder.stat().st_gid) == (user, group):
        return
    for path in (*folder.rglob("*"), folder):  # the folder last: an interrupted run is done anew
        os.chown(path, user, group, follow_symlinks=False)
