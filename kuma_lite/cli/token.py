"""`kuma-lite token create|list|revoke`: keys for agents and scripts, also beside a running server."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec import Struct

from kuma_lite.cli.existing import existing_database
from kuma_lite.core.clock import MILLISECONDS, Clock, SystemClock, to_ms
from kuma_lite.core.config import add_options, load_config
from kuma_lite.core.database import Database
from kuma_lite.core.errors import UserError
from kuma_lite.core.scopes import GROUP, TAG, Grant, Limit, Scope
from kuma_lite.projects.tokens import PROJECT, USER

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection
    from kuma_lite.projects.model import Project, Token

T = TypeVar("T")

_DAY_MS: Final = 86_400 * MILLISECONDS
MAX_DAYS: Final = 36_500
_HEAD: Final = ("PREFIX", "NAME", "PROJECT", "SCOPES", "CREATED", "LAST USED", "EXPIRES", "STATE")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and where the data is."""
    actions = parser.add_subparsers(dest="what", metavar="ACTION", required=True)
    create = actions.add_parser("create", help="print a new token, and nothing else")
    create.add_argument("--name", required=True, help="what the list of tokens calls it")
    create.add_argument("--project", metavar="NAME", help="the project it is for; the first one by default")
    create.add_argument(
        "--user",
        action="store_true",
        help="a token of the owner, which opens everything, for “apply” and scripts",
    )
    create.add_argument(
        "--scope",
        action="append",
        choices=[scope.value for scope in Scope],
        help="what it opens; may be given several times; all that its project or the owner may by default",
    )
    limit = create.add_mutually_exclusive_group()
    limit.add_argument("--tag", metavar="NAME", help="it reaches only the monitors with this tag")
    limit.add_argument("--group", metavar="NAME", help="it reaches only the monitors in this group")
    create.add_argument("--expires-in-days", type=int, metavar="DAYS", help="it never expires by default")
    listing = actions.add_parser("list", help="show all tokens by their prefix")
    revoke = actions.add_parser("revoke", help="end a token")
    revoke.add_argument("prefix", metavar="PREFIX", help="the beginning of the token, as the list shows it")
    for action in (create, listing, revoke):
        add_options(action, "data_dir")


def run(options: argparse.Namespace) -> int:
    """Do it; a running server goes on meanwhile, and knows of it within seconds."""
    database = existing_database(load_config(options))
    clock = SystemClock()
    if options.what == "create":
        kind = USER if options.user else PROJECT
        days, wanted = options.expires_in_days, Wanted(tuple(options.scope or ()), options.tag, options.group)
        print(create(database, options.name, options.project, days, clock, kind, wanted))
    elif options.what == "list":
        print(table(database, clock))
    else:
        token = revoke(database, options.prefix, clock)
        print(f"{token.prefix} ({token.name}) is revoked; a running server refuses it within seconds.")
    return 0


class Wanted(Struct, frozen=True):
    """What a token shall open; names of a tag or a group where it has a limit."""

    scopes: tuple[str, ...] = ()
    tag: str | None = None
    group: str | None = None

    def grant(self, connection: Connection, kind: str, organisation: int) -> Grant:
        """The same with numbers. Raises UserError."""
        scopes = frozenset(map(Scope, self.scopes)) or None
        asked = next(((what, name) for what, name in ((TAG, self.tag), (GROUP, self.group)) if name), None)
        if asked is None:
            return Grant(scopes)
        if kind != USER:
            raise UserError("Only a user token can be limited to a tag or a group: say --user.")
        if scopes is None:
            raise UserError("A limit needs a scope: say --scope.")
        found = [number for number, name in _named(connection, asked[0], organisation) if name == asked[1]]
        if len(found) != 1:
            many = "There are several" if found else "There is no"
            raise UserError("{many} {what} called {name!r}.", many=many, what=asked[0], name=asked[1])
        return Grant(scopes, Limit(asked[0], found[0]))


ANYTHING: Final = Wanted()


def create(
    path: Path,
    name: str,
    project: str | None,
    days: int | None,
    clock: Clock,
    kind: str = PROJECT,
    wanted: Wanted = ANYTHING,
) -> str:
    """A new token of a project or of the owner. Raises UserError."""
    from kuma_lite.projects.service import clean_name
    from kuma_lite.projects.store import insert_token
    from kuma_lite.projects.tokens import new_token

    if days is not None and not 1 <= days <= MAX_DAYS:
        raise UserError("The days until the token expires must be between 1 and {most}.", most=MAX_DAYS)
    text, secret, now = clean_name(name, "token"), new_token(kind), to_ms(clock.now())
    expires = None if days is None else now + days * _DAY_MS

    def write(connection: Connection) -> None:
        owner = _owner(connection) if kind == USER else None
        within = _project(connection, project)
        grant = wanted.grant(connection, kind, within.organisation)
        insert_token(connection, within.id, kind, owner, text, secret, now, expires, grant)

    _change(path, clock, write)
    return secret


def table(path: Path, clock: Clock) -> str:
    """All tokens, the newest first."""
    from kuma_lite.projects.store import read_projects, read_tokens

    def read(connection: Connection) -> tuple[dict[int, str], list[Token]]:
        names = {project.id: project.name for project in read_projects(connection)}
        return names, read_tokens(connection, names)

    names, tokens = _change(path, clock, read)
    now = to_ms(clock.now())
    rows = [
        (
            token.prefix,
            token.name,
            names.get(token.project_id, ""),
            _opens(token.grant),
            _date(token.created),
            _date(token.last_used) if token.last_used else "never",
            _date(token.expires) if token.expires else "never",
            "revoked" if token.revoked else "usable" if token.usable(now) else "expired",
        )
        for token in tokens
    ]
    widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in (_HEAD, *rows)]
    return "\n".join(lines)


def revoke(path: Path, prefix: str, clock: Clock) -> Token:
    """End the one usable token that begins so. Raises UserError."""
    from kuma_lite.projects.store import read_projects, read_tokens, revoke_token

    now = to_ms(clock.now())

    def write(connection: Connection) -> Token:
        projects = [project.id for project in read_projects(connection)]
        found = [token for token in read_tokens(connection, projects) if token.revoked is None]
        # The whole token does as well: its owner may have nothing else at hand.
        matching = [
            token for token in found if prefix and token.prefix.startswith(prefix[: len(token.prefix)])
        ]
        if len(matching) != 1:
            many = "More than one token begins" if matching else "No token begins"
            raise UserError("{many} with {prefix!r}.", many=many, prefix=prefix[:10])
        revoke_token(connection, matching[0].uuid, projects, now)
        return matching[0]

    return _change(path, clock, write)


def _project(connection: Connection, name: str | None) -> Project:
    """A project by its name or UUID; the first one for None. Raises UserError."""
    from kuma_lite.projects.store import read_projects

    every = read_projects(connection)
    if name is None:
        return next(project for project in every if project.is_root)
    found = [project for project in every if name in (project.name, project.uuid)]
    if len(found) != 1:
        raise UserError(
            "There {what} called {name!r}.",
            what="are several projects" if found else "is no project",
            name=name,
        )
    return found[0]


def _named(connection: Connection, kind: str, organisation: int) -> list[tuple[int, str]]:
    """Numbers and names of all tags or groups."""
    if kind == TAG:
        from kuma_lite.tags.store import all_tags

        return [(tag.id, tag.name) for tag in all_tags(connection, organisation)]
    query = "SELECT id, name FROM monitor WHERE organisation_id = ? AND type = 'group' ORDER BY id"
    return [(int(number), str(name)) for number, name in connection.execute(query, (organisation,))]


def _opens(grant: Grant) -> str:
    """Scopes, and the number of the tag or group that is the limit."""
    scopes = "all" if grant.scopes is None else " ".join(sorted(grant.scopes))
    return f"{scopes}, {grant.limit.kind} {grant.limit.id}" if grant.limit else scopes


def _owner(connection: Connection) -> int:
    """The account that everything belongs to. Raises UserError."""
    row: Any = connection.execute('SELECT id FROM "user" ORDER BY id LIMIT 1').fetchone()
    if row is None:
        raise UserError("There is no account yet: open the page and make one.")
    return int(row[0])


def _date(ms: int) -> str:
    return datetime.fromtimestamp(ms // MILLISECONDS, UTC).strftime("%Y-%m-%d %H:%M")


def _change(path: Path, clock: Clock, work: Callable[[Connection], T]) -> T:
    """Run a function in a transaction on the database."""

    async def go() -> T:
        database = await Database.open(path, clock=clock)
        try:
            return await database.write(work)
        finally:
            await database.close()

    return asyncio.run(go())
