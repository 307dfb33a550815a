"""Examples of projects and tokens for the OpenAPI document (see `rest.shapes`)."""

from __future__ import annotations

from typing import Final

from kuma_lite.rest.shapes import BEFORE, MOMENT, named, nullable, one_of, optional

PROJECT: Final = named(
    "Project",
    {
        "uuid": "f3f8a8a0-6a0e-4a6e-9d4f-0c5a3c1e8f10",
        "name": "Default",
        "root": True,
        "created_at": BEFORE,
    },
)
NEW_PROJECT: Final = named("NewProject", {"project": {"name": "Second site"}})
_KIND: Final = one_of("project", "user")
_SCOPE: Final = one_of("read", "push", "write")
TOKEN: Final = named(
    "Token",
    {
        "uuid": "7b1f3c52-6a0e-4a6e-9d4f-0c5a3c1e8f10",
        "name": "web-server-01",
        "kind": _KIND,
        "project_uuid": nullable(PROJECT.like["uuid"]),
        "prefix": "klp_Xa81fG",
        "created_at": BEFORE,
        "expires_at": nullable(MOMENT, shown=False),
        "last_used_at": nullable(MOMENT),
        "revoked_at": nullable(MOMENT, shown=False),
        "scopes": [_SCOPE],
        "tag": nullable(3, shown=False),
        "group": nullable(7, shown=False),
    },
)
NEW_TOKEN: Final = named(
    "NewToken",
    {
        "token": {
            "name": "web-server-01",
            "kind": optional(_KIND),
            "project_uuid": optional(nullable(PROJECT.like["uuid"]), shown=False),
            "expires_at": optional(nullable(MOMENT), shown=False),
            "scopes": optional([_SCOPE]),
            "tag": optional(nullable(3), shown=False),
            "group": optional(nullable(7), shown=False),
        }
    },
)
CREATED_TOKEN: Final = named(
    "CreatedToken",
    {
        **TOKEN.like,
        "last_used_at": nullable(MOMENT, shown=False),
        "token": "klp_Xa81fGr4nd0mTextThatIsShownOnlyOnce",
    },
)
