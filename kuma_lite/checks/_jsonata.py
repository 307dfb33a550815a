"""Evaluates JSONata expressions without letting one hang or bloat the program.

The library is slow compared with the rest of a check (some 100 µs at best) and its work is not bounded by
anything: an expression may loop, and a regular expression may run for years while it holds Python's global
lock. So everything happens on worker threads, a plain expression (paths, filters, arithmetic, harmless
functions) under the library's own time limit, and any other one in a forked child that the kernel limits.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import select
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from time import perf_counter
from typing import Any, Final, NoReturn

from msgspec import Struct

MOST_DESCRIPTORS: Final = 1_048_576  # that a process can have, on systems as they come
EVALUATION_S: Final = 5.0  # a person would call a check that computes longer hung
CHILD_MEMORY_BYTES: Final = 256 * 1024 * 1024  # beyond what the program has already
MAX_EXPRESSION_CHARS: Final = 10_000  # the longest seen in the wild have a few hundred
MAX_RESULT_BYTES: Final = 2 * 1024 * 1024  # only a primitive can be compared; more is a mistake
_MAX_DEPTH: Final = 100  # of nested evaluations; each takes about six Python frames of a thousand
_THREADS: Final = 2  # they share one lock anyway; two so that a child does not keep the others waiting
_EXPRESSIONS_REMEMBERED: Final = 256  # parsed ones, per thread; about 10 kB each


class QueryError(Exception):
    """The expression cannot be parsed or evaluated; the message says why."""


class Undefined:
    """The value of a path that leads nowhere."""


class Function:
    """The value of an expression that yields a function."""


UNDEFINED: Final = Undefined()
FUNCTION: Final = Function()

_TIMED_OUT: Final = f"The expression ran for more than {EVALUATION_S:.0f} seconds"


async def evaluate(expression: str, document: Any) -> Any:
    """The value of the expression: JSON, `UNDEFINED` or `FUNCTION`. Raises QueryError."""
    if len(expression) > MAX_EXPRESSION_CHARS:
        raise QueryError(f"The expression is longer than {MAX_EXPRESSION_CHARS} characters")
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_executor(), _evaluate, expression, document)


@lru_cache(maxsize=1)
def _executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, "jsonata")


def _evaluate(expression: str, document: Any) -> Any:
    if is_plain(expression):
        return _evaluate_here(expression, document)
    _expressions.compiled(expression)  # a syntax error needs no child; and the child imports nothing
    return _evaluate_in_child(expression, document)


# --- What is plain -----------------------------------------------------------------------------------------

# No functions of one's own, bindings, ranges, sorting, regular expressions, transformations, chains.
_PLAIN_TEXT: Final = re.compile(r"""[\w\s.\[\]()='"<>!+\-*/,`?:&%$]*""")
_NOT_PLAIN: Final = re.compile(r"\.\.|:=|\*\*|\bfunction\b|λ")
_FUNCTION_NAME: Final = re.compile(r"\$(\w+)")
# What `/` may follow as a division; anywhere else it begins a regular expression.
_OPERAND_END: Final = re.compile(r"[\w)\]`](?<!\band)(?<!\bor)(?<!\bin)$")
# Their time and their result are proportional to their input.
_PLAIN_FUNCTIONS: Final = frozenset(
    ("abs", "average", "boolean", "ceil", "contains", "count", "exists", "floor", "join", "keys", "length",
     "lookup", "lowercase", "max", "millis", "min", "not", "now", "number", "round", "string", "substring",
     "substringAfter", "substringBefore", "sum", "toMillis", "trim", "type", "uppercase")
)  # fmt: skip


@lru_cache(maxsize=_EXPRESSIONS_REMEMBERED)
def is_plain(expression: str) -> bool:
    """Whether the expression's work is bounded by its text and its input. In doubt it is not."""
    if not _PLAIN_TEXT.fullmatch(expression) or _NOT_PLAIN.search(expression):
        return False
    if not _PLAIN_FUNCTIONS.issuperset(_FUNCTION_NAME.findall(expression)):
        return False
    return all(
        _OPERAND_END.search(expression[: slash.start()].rstrip()) for slash in re.finditer("/", expression)
    )


# --- On the thread -----------------------------------------------------------------------------------------


class _Expressions(threading.local):
    """Parsed expressions of one thread: the library keeps state of an evaluation in them."""

    def __init__(self) -> None:
        self.compiled = lru_cache(maxsize=_EXPRESSIONS_REMEMBERED)(_compile)


def _compile(expression: str) -> Any:
    from kuma_lite.checks._jsonata_numbers import mend

    try:
        compiled = mend()(expression)
    except Exception as error:
        raise QueryError(str(error)) from None
    # The document came from a JSON parser, and null must stay distinct from undefined.
    compiled.set_validate_input(False)
    compiled.set_output_convert_nulls(False)
    return compiled


_expressions: Final = _Expressions()


def _evaluate_here(expression: str, document: Any) -> Any:
    from jsonata import Jsonata
    from jsonata.utils import Utils

    compiled = _expressions.compiled(expression)
    Jsonata.CURRENT.jsonata = compiled  # $now() is read from the thread's current one
    compiled.environment.set_runtime_bounds(round(EVALUATION_S * 1000), _MAX_DEPTH)
    try:
        value = compiled.evaluate(document)
        if value is None:
            return UNDEFINED
        value = Utils.convert_nulls(value)
    except RecursionError:
        raise QueryError("The expression is nested too deeply") from None
    except MemoryError:
        raise QueryError("The expression needs too much memory") from None
    except Exception as error:  # the library raises whatever Python raises
        raise QueryError(str(error)) from None
    return value if _is_json(value) else FUNCTION


def _is_json(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str | list | dict)


# --- In a child --------------------------------------------------------------------------------------------


_forking: Final = threading.Lock()


class _Child(Struct):
    pid: int
    output: int  # file descriptor of the pipe's reading end


def _evaluate_in_child(expression: str, document: Any) -> Any:
    child = _fork(expression, document)
    try:
        answer = _read_answer(child.output)
    finally:
        os.close(child.output)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child.pid, 0)
    if answer == b"":
        raise QueryError("The expression needs too much time or memory")
    kind, value = json.loads(answer)
    if kind == "error":
        raise QueryError(value)
    return {"undefined": UNDEFINED, "function": FUNCTION}.get(kind, value)


def _fork(expression: str, document: Any) -> _Child:
    with _forking:  # a child that inherits another's writing end would keep that pipe open
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            _be_the_child(writing, expression, document)
        os.close(writing)
    return _Child(pid, reading)


def _read_answer(output: int) -> bytes:
    """What the child wrote until it closed the pipe; nothing when it died. Raises QueryError."""
    until = perf_counter() + EVALUATION_S
    answer = bytearray()
    while True:
        remaining = until - perf_counter()
        if remaining <= 0 or not select.select([output], [], [], remaining)[0]:
            raise QueryError(_TIMED_OUT)
        chunk = os.read(output, 1 << 16)
        if not chunk:
            return bytes(answer)
        answer += chunk
        if len(answer) > MAX_RESULT_BYTES:
            raise QueryError("The result of the expression is too large")


def _be_the_child(writing: int, expression: str, document: Any) -> NoReturn:
    """Evaluate, write the answer, and end without any of the parent's clean-up."""
    try:
        signal.set_wakeup_fd(-1)  # signals to the child are none of the parent's loop's business
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        _let_go_of_everything_but(writing)
        _limit_myself()
        answer = json.dumps(_answer(expression, document)).encode()
        while answer:
            answer = answer[os.write(writing, answer) :]
    finally:
        os._exit(0)


def _let_go_of_everything_but(kept: int) -> None:
    """Sockets and locks must not outlive the parent in its child."""
    import resource

    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if not 0 < most < MOST_DESCRIPTORS:  # no limit is -1 on Linux, and more than a number of C on macOS
        most = MOST_DESCRIPTORS
    os.closerange(3, kept)
    os.closerange(kept + 1, most)


def _limit_myself() -> None:
    import resource

    seconds = round(EVALUATION_S) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as statm:
            pages = int(statm.read().split()[0])
        limit = pages * resource.getpagesize() + CHILD_MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _answer(expression: str, document: Any) -> tuple[str, Any]:
    try:
        value = _evaluate_here(expression, document)
    except QueryError as error:
        return "error", str(error)
    if value is UNDEFINED:
        return "undefined", None
    if value is FUNCTION:
        return "function", None
    return "value", value
