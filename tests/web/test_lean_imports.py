"""What a start leaves out of its libraries, and that others of the process find them whole."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kuma_lite.web.lean_socketio import Pairs, ValueDuplicationError

LOADED = """
import sys
from kuma_lite.web import lean_granian, lean_socketio
unwanted = {"aiohttp", "anyio", "bidict", "logging.config", "multiprocessing", "pickle", "socketserver"}
unwanted |= {"engineio.client", "granian.server.mp", "socketio.client", "socketio.redis_manager"}
assert not unwanted & sys.modules.keys(), unwanted & sys.modules.keys()
assert issubclass(lean_socketio.socketio.AsyncServer, object)

import granian, logging.config, multiprocessing, socketio, engineio
assert socketio.AsyncServer is lean_socketio.socketio.AsyncServer
assert socketio.AsyncClient.__module__ == "socketio.async_client"
assert engineio.AsyncClient.__module__ == "engineio.async_client"
assert issubclass(granian.Granian, object) and multiprocessing.Pool and logging.config.dictConfig
try:
    socketio.Nothing
except AttributeError as error:
    print(error)
"""


def test_a_part_is_loaded_and_the_rest_when_somebody_asks() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Nothing" in done.stdout


def test_pairs_are_found_by_both_ids() -> None:
    pairs = Pairs()
    pairs["a"] = "1"
    pairs["a"] = "1"
    with pytest.raises(ValueDuplicationError):
        pairs["b"] = "1"
    pairs["a"] = "2"
    pairs["b"] = "1"
    assert (pairs, pairs._invm) == ({"a": "2", "b": "1"}, {"2": "a", "1": "b"})
    del pairs["a"]
    assert (pairs._fwdm, pairs._invm) == ({"b": "1"}, {"1": "b"})
