"""The kinds of problems there are, how long each has to last before people are told, and what it means.

A kind that only one feature knows of may stand there: whoever makes a `Problem` names its kind.
"""

from __future__ import annotations

from typing import Final

from kuma_lite.health.model import Help, Kind

AT_ONCE: Final = 0.0
HICCUP_S: Final = 10.0  # a program that reads the file, a slow disk: over before anybody has looked
STALL_S: Final = 30.0  # disks that wake up or write back take some seconds
MINUTE_S: Final = 60.0  # a router that restarts is back; what is longer is worth a message
# After "cannot be checked" stands at the monitor: longer than a restart of whatever it depends on.
UNCHECKED_S: Final = 180.0

NOT_RECORDED: Final = "Checks go on, but what they find is not recorded."
NOT_BELIEVED: Final = "Failed checks are not believed meanwhile: a monitor that is down now is told of later."

DISK_FULL: Final = Kind(
    "disk-full",
    "Disk full",
    public="The disk is full.",
    meaning=NOT_RECORDED,
    over="There is room on the disk again.",
    tell_after=AT_ONCE,
    help=Help.HISTORY,
)
STORAGE: Final = Kind(
    "storage",
    "Storage",
    public="Nothing can be stored.",
    meaning=NOT_RECORDED,
    over="What is found can be stored again.",
    tell_after=HICCUP_S,
)
STORAGE_STALLED: Final = Kind(
    "storage-stalled",
    "Storage",
    public="The disk does not answer.",
    meaning=NOT_RECORDED,
    over="The disk answers again.",
    tell_after=STALL_S,
)
DISK_LOW: Final = Kind(
    "disk-low",
    "Disk nearly full",
    public="The disk is nearly full.",
    meaning="When it is full, nothing can be recorded.",
    over="There is room on the disk again.",
    tell_after=MINUTE_S,
    is_note=True,
    help=Help.HISTORY,
)
UPLINK: Final = Kind(
    "uplink",
    "Network",
    public="This machine has no network.",
    meaning=NOT_BELIEVED,
    over="This machine has a network again.",
    tell_after=MINUTE_S,
)
RESOLVER: Final = Kind(
    "resolver",
    "Resolver",
    public="This machine's resolver does not answer.",
    meaning=NOT_BELIEVED,
    over="This machine's resolver answers again.",
    tell_after=MINUTE_S,
)
OWN_FAULT: Final = Kind(
    "own-fault",
    "Own trouble",
    public="This machine cannot trust its own checks.",
    meaning=NOT_BELIEVED,
    over="Failed checks are believed again.",
    tell_after=MINUTE_S,
)
CHECKS_LATE: Final = Kind(
    "checks-late",
    "Checks late",
    public="Checks are late.",
    meaning="Whatever goes down meanwhile is noticed later.",
    over="Checks are made in time again.",
    tell_after=MINUTE_S,
)
CHECKS_LEFT_OUT: Final = Kind(
    "checks-left-out",
    "Checks left out",
    public="Some checks are left out.",
    meaning="Whatever goes down meanwhile is noticed later.",
    over="All checks are made again.",
    tell_after=MINUTE_S,
    is_note=True,
)
CLOCK: Final = Kind(
    "clock",
    "Clock",
    public="The clock of this machine jumped.",
    meaning="If the machine slept, nothing was watched meanwhile; if not, recorded times may be wrong.",
    over="The clock of this machine has run evenly since.",
    tell_after=AT_ONCE,
    is_note=True,
)
OUTBOX: Final = Kind(
    "outbox",
    "Notifications",
    public="Messages cannot be delivered.",
    meaning="Whoever relies on it does not hear of what happens.",
    over="{channel} takes messages again.",
    tell_after=AT_ONCE,  # it has waited long enough by itself
    is_note=True,
    help=Help.NOTIFICATIONS,
)
CANNOT_BE_CHECKED: Final = Kind(
    "cannot-be-checked",
    "Cannot be checked",
    public="Some monitors cannot be checked.",
    meaning="Nobody is told when what they watch goes down.",
    over="All monitors can be checked again.",
    tell_after=UNCHECKED_S,
    is_note=True,
    help=Help.MONITORS,
)
PROXY: Final = Kind(
    "proxy",
    "Proxy",
    public="A proxy does not answer.",
    meaning="What is checked through it is not judged meanwhile.",
    over="The proxy {name} answers again.",
    tell_after=MINUTE_S,
    is_note=True,
)
BACKUP: Final = Kind(
    "backup",
    "Backups",
    public="The backup that was due could not be made.",
    meaning="Should the disk fail, what has changed since the last one is lost.",
    over="Backups are made again.",
    tell_after=AT_ONCE,
    is_note=True,
    help=Help.BACKUPS,
)
CERTIFICATE: Final = Kind(
    "certificate",
    "Certificate",
    public="The certificate of this server cannot be renewed.",
    meaning="Browsers warn of every name that no certificate is for, and nobody reads what is behind it.",
    over="The certificate of this server is in order again.",
    tell_after=AT_ONCE,  # where it is no failure that has lasted for long, browsers warn already
    is_note=True,
    help=Help.CERTIFICATE,
)

KINDS: Final = (
    DISK_FULL, STORAGE, STORAGE_STALLED, DISK_LOW, UPLINK, RESOLVER, OWN_FAULT, CHECKS_LATE, CHECKS_LEFT_OUT,
    CLOCK, OUTBOX, CANNOT_BE_CHECKED, PROXY, BACKUP, CERTIFICATE,
)  # fmt: skip
