"""Apprise: everything its more than a hundred services can reach, by URL."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Final

from kuma_lite.core import programs
from kuma_lite.core.declarations import (
    DeliveryContext,
    DeliveryFailed,
    Kind,
    Message,
    NotificationService,
    Status,
)
from kuma_lite.notifications.services import kit

PROGRAM: Final = "apprise"
MISSING: Final = (
    "Apprise is not installed: the server has neither its Python package nor the program 'apprise'."
)
NO_OUTPUT: Final = "The program apprise said nothing; it may not be what it is called."

_DELIVERY: Final[ContextVar[object]] = ContextVar("delivery of apprise", default=None)
_BETWEEN_URLS: Final = re.compile(r"[\s,;]+(?=[A-Za-z][A-Za-z0-9+.-]*://)|\s*\n\s*")


class AppriseOptions(kit.ServiceOptions):
    """Where to, in Apprise's own words."""

    urls: str = kit.secret(
        "Apprise URL",
        "appriseURL",
        kind=Kind.TEXTAREA,
        required=True,
        placeholder="twilio://AccountSid:AuthToken@FromPhoneNo",
        help="One URL per line, see https://appriseit.com/services/.",
    )
    title: str = kit.text("Title", "title")


class AppriseService(NotificationService[AppriseOptions]):
    """A message through Apprise."""

    name = "apprise"
    label = "Apprise (Support 50+ Notification services)"
    documentation = "https://appriseit.com/services/"
    description = "Hands the message to Apprise, which knows more than a hundred services."
    groups = ("universal",)

    def missing(self) -> str:
        """The package and the program."""
        return "" if is_installed() else MISSING

    async def send(self, options: AppriseOptions, message: Message, context: DeliveryContext) -> str:
        """Use the library when it is there, else the program."""
        del context
        urls = split_urls(options.urls)
        if has_library():
            return await _in_thread(lambda: _by_library(urls, options.title, message))
        program = shutil.which(PROGRAM)
        if program is None:
            raise DeliveryFailed(MISSING, permanent=True)
        return await _by_program(program, urls, options.title, message)


def split_urls(text: str) -> list[str]:
    """The URLs of the field: one per line, or with blanks or commas between them."""
    return [url.strip() for url in _BETWEEN_URLS.split(text) if url.strip()]


def has_library() -> bool:
    """Whether the Python package can be imported; does not import it."""
    return importlib.util.find_spec("apprise") is not None


def is_installed() -> bool:
    """What `checkApprise` answers."""
    return has_library() or shutil.which(PROGRAM) is not None


def kind_of(message: Message) -> str:
    """Apprise's word for how serious it is."""
    if message.heartbeat is None:
        return "info" if (message.usual or message).text.endswith("Testing") else "warning"
    return "success" if message.heartbeat.get("status") == Status.UP else "failure"


def _by_library(urls: list[str], title: str, message: Message) -> str:
    """Blocking; loads 170 plugins the first time."""
    import apprise

    sender = apprise.Apprise()
    with _listening() as said:
        refused = [url for url in urls if not sender.add(url)]  # every one, so that each is complained of
        sent = not refused and sender.notify(body=message.text, title=title, notify_type=kind_of(message))
    text = "\n".join(said)
    if refused:
        raise DeliveryFailed(text or "An Apprise URL cannot be used.", permanent=True)
    if not sent:
        raise DeliveryFailed(text or "Apprise could not deliver the message.")
    return kit.SENT


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What the library complains of in this delivery; others run at the same time."""
    said: list[str] = []
    ours = object()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if _DELIVERY.get() is ours:
                said.append(record.getMessage())

    listener, log = Listener(logging.WARNING), logging.getLogger(PROGRAM)
    before = _DELIVERY.set(ours)  # the library's own threads inherit it
    log.addHandler(listener)
    try:
        yield said
    finally:
        log.removeHandler(listener)
        _DELIVERY.reset(before)


async def _in_thread(call: Callable[[], str]) -> str:
    """As `asyncio.to_thread`, but nobody waits for the thread: what hangs in it does not hold up a stop."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[str] = loop.create_future()

    def tell(result: str, error: BaseException | None) -> None:
        if ended.done():
            return  # the deadline was earlier
        if error is None:
            ended.set_result(result)
        else:
            ended.set_exception(error)

    def run() -> None:
        result, failure = "", None
        try:
            result = call()
        except BaseException as error:  # whatever it is, it is awaited
            failure = error
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(tell, result, failure)

    threading.Thread(target=run, name=PROGRAM, daemon=True).start()
    return await ended


async def _by_program(program: str, urls: list[str], title: str, message: Message) -> str:
    arguments = ["-vv", "-n", kind_of(message), "-b", message.text]
    if title:
        arguments += ["-t", title]
    try:
        process = await programs.start(program, *arguments, "--", *urls, stderr=asyncio.subprocess.STDOUT)
    except (OSError, ValueError) as error:
        raise DeliveryFailed(
            "The program apprise cannot be started: {problem}.", permanent=True, problem=error
        ) from None
    try:
        output = (await process.communicate())[0].decode(errors="replace").strip()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if "ERROR" in output or process.returncode:
        raise DeliveryFailed(output or f"apprise ended with {process.returncode}.")
    if not output:
        raise DeliveryFailed(NO_OUTPUT)
    return kit.SENT
