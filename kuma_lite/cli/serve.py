"""`kuma-lite serve`: run the server until it is told to stop.

SIGTERM and SIGINT stop it in order. SIGHUP stops it, too, where it comes from a terminal that went away; a
service (and what was started with nohup) takes it as the wish to read certificate and log settings again.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from kuma_lite import __version__
from kuma_lite.cli.import_ import before_first_start
from kuma_lite.core.clock import Clock, SystemClock
from kuma_lite.core.config import SETTINGS, Config, add_options, load_config
from kuma_lite.core.errors import StartupError, UserError
from kuma_lite.core.file_limit import raise_file_limit
from kuma_lite.core.journal import complain
from kuma_lite.core.log import set_up_logging
from kuma_lite.core.service_manager import ServiceManager, has_terminal

if TYPE_CHECKING:
    from kuma_lite.appliance.build import Appliance

log = logging.getLogger(__name__)

_RELOADED: Final = ("log_level", "log_format")  # and what is in the files of the certificate
_READY: Final = "Kuma Lite %s is ready. Open %s in a browser."
_READY_AT: Final = "Kuma Lite %s is ready at %s."  # a socket, for a proxy
STOP_S: Final = 2.8  # everything; whoever stops us waits a little longer and then kills
# New objects before a look for garbage, and such looks before older ones are looked at as well. A check keeps
# some hundred objects alive while it waits: at Python's 700 a sixth of its CPU went into looking at them.
GARBAGE_THRESHOLDS: Final = (25_000, 20, 50)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Every setting is a flag."""
    add_options(parser)


def run(options: argparse.Namespace) -> int:
    """Serve; never returns normally, because the interpreter must not finalise under the web server."""
    gc.disable()  # what is loaded at the start stays: looking it through for garbage is a tenth of the start
    config = load_config(options)
    set_up_logging(config.log_level, config.log_format)
    raise_file_limit()
    if config.plugins_dir is not None:
        sys.path.append(str(config.plugins_dir.resolve()))  # last: nothing there replaces what is ours
    manager = ServiceManager.from_environment(os.environ)
    try:
        before_first_start(config)
        _make_database(config)
        code = _run_loop(_serve(config, manager, options))
    except (StartupError, UserError) as error:
        complain(error.message)
        code = getattr(error, "code", 1)
    _flush()
    # The web server's threads still live; a normal exit would finalise Python under them and abort.
    os._exit(code)


def _make_database(config: Config) -> None:
    from kuma_lite.appliance.first_start import make_database

    make_database(config)


def _run_loop(work: Coroutine[Any, Any, int]) -> int:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _serve(config: Config, manager: ServiceManager, options: argparse.Namespace) -> int:
    told, asked = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    stays = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN or not has_terminal()
    loop.add_signal_handler(signal.SIGHUP, asked.set if stays else told.set)
    while await _serve_once(config, manager, options, told, asked):
        log.info("Starting again")
    _flush()
    os._exit(0)


async def _serve_once(
    config: Config,
    manager: ServiceManager,
    options: argparse.Namespace,
    told: asyncio.Event,
    asked: asyncio.Event,
) -> bool:
    """Serve until it is `told` to stop, or wants to start again; whether it can do that in this process."""
    from kuma_lite.appliance.build import Appliance

    clock = SystemClock()
    appliance = Appliance(config, clock, manager)
    helpers: list[asyncio.Task[Any]] = []
    stopped = True
    try:
        await appliance.start()
        assert appliance.web is not None
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        gc.enable()
        log.info(_READY if appliance.web.port else _READY_AT, __version__, appliance.web.url)
        manager.ready(f"Ready at {appliance.web.url}")
        helpers.append(
            asyncio.create_task(_reload_whenever(asked, appliance, config, manager, clock, options))
        )
        ends = [asyncio.create_task(event.wait()) for event in (told, appliance.restart)]
        helpers += ends
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        log.info("Stopping")
    finally:
        manager.stopping()
        for helper in helpers:
            helper.cancel()
        try:
            await asyncio.wait_for(appliance.stop(), STOP_S)
        except TimeoutError:
            log.warning("Not everything ended within %.1f s", STOP_S)
            stopped = False
    # Sockets of a service manager are closed now: it starts us again when somebody connects.
    return stopped and appliance.restart.is_set() and not told.is_set() and not manager.has_sockets


async def _reload_whenever(
    asked: asyncio.Event,
    appliance: Appliance,
    config: Config,
    manager: ServiceManager,
    clock: Clock,
    options: argparse.Namespace,
) -> None:
    assert appliance.web is not None
    while True:
        await asked.wait()
        asked.clear()
        manager.reloading(clock.monotonic())
        try:
            found = load_config(options)
            set_up_logging(found.log_level, found.log_format)
            if later := [name for name in SETTINGS if name not in _RELOADED and _differ(name, found, config)]:
                log.warning("At the next start only: %s", ", ".join(later))
            await appliance.reload()
            log.info("Reloaded")
        except StartupError as error:
            log.warning("%s The settings stay as they are.", error.message)
        except Exception:
            log.exception("The reload failed")
        manager.ready(f"Ready at {appliance.web.url}")


def _differ(name: str, one: Config, other: Config) -> bool:
    return bool(getattr(one, name) != getattr(other, name))


def _flush() -> None:
    with suppress(OSError):  # the terminal is gone
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
