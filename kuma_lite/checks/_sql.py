"""What the types that ask a database have in common: the statement, the time limit, the verdict.

With conditions a statement has to give exactly one value, without them any answer will do. Sentences are
Uptime Kuma 2.5's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from time import perf_counter
from typing import Any, Final

from msgspec import Struct

from kuma_lite.checks._conditions import ConditionError, Tree, holds, read_conditions, text_variable
from kuma_lite.checks._json_query import VALUE, number_in
from kuma_lite.checks._network import is_maybe_ours
from kuma_lite.core.declarations import (
    RESPONSE_TIME,
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    Number,
)
from kuma_lite.core.options import option
from kuma_lite.net.errors import NetworkError

PREFIX: Final = "Database connection/query failed: "
VARIABLES: Final = (text_variable("result"),)
NUMBERS: Final = (RESPONSE_TIME, Number("rows", "Rows"), VALUE)  # the value: the first of a result


class Answer(Struct, frozen=True):
    """What a statement gave.

    Args:
        rows, columns: how many; `rows` None where the statement gives none at all.
        value: the first column of the first row, as text.
        instead: what a beat says where there are no rows at all.
    """

    rows: int | None
    columns: int = 0
    value: str = ""
    instead: str = ""


def connection_option(pattern: str, *, help: str = "") -> Any:
    """Where the database is, with all that it takes to get in."""
    return option(
        "",
        alias="databaseConnectionString",
        label="Connection string",
        kind=Kind.TEXT,
        required=True,
        secret=True,
        placeholder=pattern,
        form_default=pattern,
        help=help,
    )


def query_option(default: str) -> Any:
    """What is asked; `default` where nothing is."""
    return option(
        "",
        alias="databaseQuery",
        label="Query",
        kind=Kind.TEXTAREA,
        section="content",
        placeholder=default,
        help="Any statement; it is run at every check.",
    )


def conditions_option() -> Any:
    """What the value has to be like."""
    return option(
        (),
        alias="conditions",
        label="Conditions",
        kind=Kind.CONDITIONS,
        section="content",
        help="About the one value that the query gives.",
    )


def misconfigured(reason: str) -> CannotCheck:
    """A connection string that cannot be meant; `reason` begins with the part and holds no secret."""
    return CannotCheck(f"Connection string: {reason}.")


async def ask(answer: Awaitable[Answer], conditions: Any, context: CheckContext) -> CheckResult:
    """Await the answer within the check's time limit and judge it; each outcome has its ping in whole ms."""
    begun = perf_counter()

    def ping() -> int:
        return round((perf_counter() - begun) * 1000)

    try:
        async with asyncio.timeout(context.timeout):
            found = await answer
        said = judge(found, read_conditions(conditions))
        return CheckResult(said, ping=ping(), numbers=numbers_of(found))
    except TimeoutError:
        raise CheckFailed(PREFIX + silence(context.timeout), ping=ping(), local=True) from None
    except NetworkError as error:
        raise CheckFailed(PREFIX + error.message, ping=ping(), local=is_maybe_ours(error)) from None
    except ConditionError as error:
        raise CheckFailed(PREFIX + str(error), ping=ping()) from None
    except CheckFailed as failure:
        failure.ping = ping()
        raise


def numbers_of(answer: Answer) -> dict[str, float]:
    """What limits can be set on."""
    rows = {} if answer.rows is None else {"rows": float(answer.rows)}
    return {**rows, **number_in(answer.value)}


def silence(seconds: float) -> str:
    """The sentence for a server that took longer."""
    return f"no answer within {seconds:g} s"


def judge(answer: Answer, conditions: Tree) -> str:
    """The beat's text (pure). Raises CheckFailed, ConditionError."""
    if not conditions:
        return answer.instead if answer.rows is None else f"Rows: {answer.rows}"
    if not answer.rows:
        raise CheckFailed(PREFIX + "Query returned no results")
    if answer.rows > 1:
        raise CheckFailed(PREFIX + "Multiple values were found, expected only one value")
    if answer.columns != 1:
        raise CheckFailed(PREFIX + "Multiple columns were found, expected only one value")
    if not holds(conditions, {"result": answer.value}):
        raise CheckFailed(f"Query result did not meet the specified conditions ({answer.value})")
    return "Query did meet specified conditions"
