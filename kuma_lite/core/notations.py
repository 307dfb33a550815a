"""How people write down what they want to have checked, as they paste it into one field."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct, field


class Bare(StrEnum):
    """What can stand alone, without a scheme, a command or a port."""

    DOMAIN = "domain"  # a name with a dot
    LABEL = "label"  # a name without one: of the own network
    ADDRESS = "address"  # of IPv4 or IPv6


class Notation(Struct, frozen=True):
    """One way of writing the target of a monitor type; each part that is given is a way to recognise it.

    The first option for a URL takes an address as it stands; otherwise the first ones for a host and a port
    take its parts.

    Args:
        scheme: of an address: `https` of `https://…`.
        command: words before the target: `ping` of `ping host`.
        flag: of the command: what follows it is the target, as after `--name`.
        prefix: how the text begins, whatever its case: `Server=`.
        ports: of `host:port`; the first is meant by an address of the scheme that names none.
        any_port: any `host:port` will do.
        bare: what may stand alone.
        rank: of several types that fit, the lowest comes first; those to which nothing is missing before all.
        into: key of the option that takes the target as it stands, where no URL or host does.
        keep_scheme: the host is kept with its scheme, which says more than the host alone.
        parts: `user`, `password` or `path` of an address → key of the option that takes it.
        sets: further options, by key, that this notation settles.
        with_user: the same, where the address names a user.
    """

    scheme: str = ""
    command: str = ""
    flag: str = ""
    prefix: str = ""
    ports: tuple[int, ...] = ()
    any_port: bool = False
    bare: tuple[Bare, ...] = ()
    rank: int = 0
    into: str = ""
    keep_scheme: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, Any] = field(default_factory=dict)
    with_user: Mapping[str, Any] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        """As the browser's form reads it: what is said, in the spelling of the wire."""
        return {
            _WIRE_NAMES.get(name, name): value
            for name in self.__struct_fields__
            if (value := getattr(self, name))
        }


_WIRE_NAMES: Final = {"any_port": "anyPort", "keep_scheme": "keepScheme", "with_user": "withUser"}
CONNECTION: Final = "databaseConnectionString"
USER_PARTS: Final = {"user": "basic_auth_user", "password": "basic_auth_pass"}


def connection_string(*schemes: str, port: int) -> tuple[Notation, ...]:
    """A connection string that begins with any of the schemes. As `host:port` it lacks who logs in."""
    notations = [Notation(scheme, into=CONNECTION) for scheme in schemes[1:]]
    return (Notation(schemes[0], ports=(port,), rank=2, into=CONNECTION), *notations)
