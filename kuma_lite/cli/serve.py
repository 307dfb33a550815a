"""`kuma-lite serve`: run the server until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
from typing import Final

from kuma_lite import __version__
from kuma_lite.cli.import_ import before_first_start
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config, add_options, load_config
from kuma_lite.core.errors import StartupError, UserError
from kuma_lite.core.file_limit import raise_file_limit
from kuma_lite.core.log import set_up_logging

log = logging.getLogger(__name__)

STOP_S: Final = 2.8  # everything; whoever stops us waits a little longer and then kills


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
    try:
        before_first_start(config)
        code = _run_loop(config)
    except (StartupError, UserError) as error:
        print(f"kuma-lite: {error.message}", file=sys.stderr, flush=True)
        code = getattr(error, "code", 1)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # The web server's threads still live; a normal exit would finalise Python under them and abort.
    os._exit(code)


def _run_loop(config: Config) -> int:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(_serve(config))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(config))


async def _serve(config: Config) -> int:
    from kuma_lite.appliance.build import Appliance

    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    appliance = Appliance(config, SystemClock())
    try:
        await appliance.start()
        assert appliance.web is not None
        gc.freeze()
        gc.enable()
        log.info("Kuma Lite %s is ready. Open %s in a browser.", __version__, appliance.web.url)
        await told.wait()
        log.info("Stopping")
    finally:
        try:
            await asyncio.wait_for(appliance.stop(), STOP_S)
        except TimeoutError:
            log.warning("Not everything ended within %.1f s", STOP_S)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
