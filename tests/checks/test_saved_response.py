from __future__ import annotations

import base64
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._saved_response import read_saved, save_response, store

NODE = shutil.which("node")
UNPACK = """
const zlib = require("zlib"), text = require("fs").readFileSync(0, "utf8");
for (const line of text.split("\\n").slice(0, -1))
  console.log(zlib.brotliDecompressSync(Buffer.from(line, "base64")).toString("base64"));
"""


def test_a_short_body_is_what_brotli_itself_writes() -> None:
    assert save_response("go away", 1024) == "CwOAZ28gYXdheQM="


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("", 10, ""),
        ("abc", 3, "abc"),
        ("abcd", 3, "abc... (truncated)"),
        ("abc", 0, "... (truncated)"),
        ("äöü€😀", 1024, "äöü€😀"),
        ("\ud83d", 1024, "?"),
    ],
)
def test_a_body_is_cut_by_characters(text: str, limit: int, kept: str) -> None:
    assert read_saved(save_response(text, limit)) == kept


@given(st.text(max_size=300))
def test_what_was_saved_can_be_read(text: str) -> None:
    encodable = text.encode("utf-8", "replace").decode()
    assert read_saved(save_response(text, 10_000)) == encodable


@given(st.binary(max_size=64))
def test_foreign_bytes_are_no_crash(data: bytes) -> None:
    read_saved(base64.b64encode(data).decode())


@pytest.mark.parametrize("saved", ["", "not base64!", "GwkA+KVgaqoQTcIcxwA=", "CwOAZ28g", "CwOAZ28gYXdheQ=="])
def test_compressed_or_damaged_responses_have_no_text(saved: str) -> None:
    assert read_saved(saved) is None


@pytest.mark.skipif(NODE is None, reason="compares with the brotli decoder of Node")
def test_a_brotli_decoder_reads_every_size() -> None:
    sizes = [0, 1, 2, 255, 256, 65_535, 65_536, 65_537, 131_072, 200_000, 1_048_591]
    bodies = [bytes(number % 251 for number in range(size)) for size in sizes]
    lines = "".join(base64.b64encode(store(body)).decode() + "\n" for body in bodies)
    shown = subprocess.run(
        [NODE or "", "-e", UNPACK], input=lines, capture_output=True, text=True, check=True, timeout=30
    )
    assert [base64.b64decode(line) for line in shown.stdout.splitlines()] == bodies
