from __future__ import annotations

import gzip
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kuma_lite.web import page as page_module
from kuma_lite.web.page import File, find_page, read_files
from tests.support import http
from tests.support.frame import Server, frame

INDEX = "<!doctype html><title>Kuma Lite</title><script type=module src=/assets/index-B1a2C3d4.js></script>"
SCRIPT = "console.log('kuma')\n" * 50


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "frontend_dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "manifest.json").write_text("{}")
    (folder / "serviceWorker.js").write_text(SCRIPT)
    (folder / "icon-192.png").write_bytes(b"PNG")
    (folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    script = folder / "assets" / "index-B1a2C3d4.js"
    script.write_text(SCRIPT)
    Path(f"{script}.br").write_bytes(b"brotli bytes")
    Path(f"{script}.gz").write_bytes(b"gzip bytes")
    (tmp_path / "secret.txt").write_text("not part of the page")
    return folder


@pytest.fixture
async def server(tmp_path: Path, built: Path) -> AsyncIterator[Server]:
    async with frame(tmp_path, page_folder=built) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "content_type", "caching"),
    [
        ("/assets/index-B1a2C3d4.js", "text/javascript; charset=utf-8", "immutable"),
        ("/manifest.json", "application/json; charset=UTF-8", "must-revalidate"),
        # Beside index.html: a worker is responsible for what lies below its own address.
        ("/serviceWorker.js", "text/javascript; charset=utf-8", "max-age=0, must-revalidate"),
        ("/icon-192.png", "image/png", "must-revalidate"),
        ("/icon.svg", "image/svg+xml", "must-revalidate"),
        ("/dashboard", "text/html; charset=utf-8", "must-revalidate"),
    ],
)
async def test_files_have_types_and_caching(
    server: Server, path: str, content_type: str, caching: str
) -> None:
    answer = await http.get(server.url + path)
    assert (answer.status, answer.headers["content-type"]) == (200, content_type)
    assert caching in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("gzip, deflate, br", "br", b"brotli bytes"),
        ("gzip", "gzip", b"gzip bytes"),
        ("br;q=0, gzip;q=0.5", "gzip", b"gzip bytes"),
        ("identity", None, SCRIPT.encode()),
        ("", None, SCRIPT.encode()),
    ],
)
async def test_the_best_encoding_is_sent(
    server: Server, accepted: str, encoding: str | None, body: bytes
) -> None:
    url = server.url + "/assets/index-B1a2C3d4.js"
    answer = await http.get(url, headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("content-encoding"), answer.body) == (encoding, body)
    assert answer.headers["vary"] == "accept-encoding"


async def test_browsers_that_have_a_file_are_not_sent_it_again(server: Server) -> None:
    url = server.url + "/dashboard"
    etag = (await http.get(url)).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        answer = await http.get(url, headers={"If-None-Match": known})
        assert (answer.status, answer.body) == (304, b"")
    assert (await http.get(url, headers={"If-None-Match": '"other"'})).status == 200


async def test_each_encoding_has_a_tag_of_its_own(server: Server) -> None:
    url = server.url + "/assets/index-B1a2C3d4.js"
    tags = {(await http.get(url, headers={"Accept-Encoding": name})).headers["etag"] for name in ("br", "x")}
    assert len(tags) == 2


@pytest.mark.parametrize(
    "path", ["/dashboard", "/add", "/setup", "/no/such/page", "/api/nothing", "/screenshots/none.png"]
)
async def test_any_other_address_is_the_page(server: Server, path: str) -> None:
    answer = await http.get(server.url + path)
    assert (answer.status, answer.text) == (200, INDEX)


@pytest.mark.parametrize("path", ["/api/push/TOKEN/", "/api/entry-page/", "/dashboard/", "/api/x/"])
async def test_a_get_that_ends_in_a_slash_is_the_page(server: Server, path: str) -> None:
    assert (await http.get(server.url + path)).text == INDEX


async def test_head_has_headers_only(server: Server) -> None:
    answer = await http.request("HEAD", server.url + "/dashboard")
    assert (answer.status, answer.headers["content-length"]) == (200, str(len(INDEX)))


@pytest.mark.parametrize("path", ["/upload/none.png", "/assets/gone-B1a2C3d4.js"])
async def test_missing_files_are_not_the_page(server: Server, path: str) -> None:
    answer = await http.get(server.url + path)
    assert (answer.status, answer.text) == (404, "File not found.")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_other_methods_are_not_found(server: Server, method: str) -> None:
    answer = await http.request(method, server.url + "/no/such/page")
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "//secret.txt",
        "/.%2e/secret.txt",
    ],
)
async def test_nothing_outside_the_folder_is_served(server: Server, path: str) -> None:
    assert b"not part of the page" not in (await http.get(server.url + path)).body


async def test_content_policy_forbids_inline_and_foreign_scripts(server: Server) -> None:
    policy = (await http.get(server.url + "/dashboard")).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert "unsafe" not in policy
    assert (rules["script-src"], rules["object-src"], rules["base-uri"]) == ("'self'", "'none'", "'self'")
    assert rules["connect-src"] == "'self' ws: wss:"
    assert rules["frame-ancestors"] == "'self'"


async def test_without_a_built_page_a_sentence_says_so(tmp_path: Path) -> None:
    async with frame(tmp_path) as bare:
        answer = await http.get(bare.url + "/dashboard")
    assert answer.status == 200
    assert "make frontend" in answer.text


def test_the_binary_s_own_page_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = tmp_path / "frontend_dist.pack"
    packed.write_bytes(b"{}\n")
    monkeypatch.setattr(page_module.sys, "_MEIPASS", str(tmp_path), raising=False)
    assert find_page() == packed


async def test_a_page_in_one_file_is_the_same_page(tmp_path: Path, built: Path) -> None:
    parts, named, size = [], {}, 0
    for path in sorted(path for path in built.rglob("*") if path.is_file()):
        parts.append(path.read_bytes())
        named[path.relative_to(built).as_posix()] = size, len(parts[-1])
        size += len(parts[-1])
    packed = tmp_path / "frontend_dist.pack"
    packed.write_bytes(json.dumps(named).encode() + b"\n" + b"".join(parts))
    one, many = read_files(packed), read_files(built)
    assert one.keys() == many.keys()
    for name, file in one.items():
        assert (file.etag, file.content_type, file.caching) == (
            many[name].etag,
            many[name].content_type,
            many[name].caching,
        )
        assert {each: file.read(each) for each in (None, *file.encodings)} == {
            each: many[name].read(each) for each in (None, *many[name].encodings)
        }
    async with frame(tmp_path, page_folder=packed) as running:
        answer = await http.get(running.url + "/assets/index-B1a2C3d4.js")
    assert answer.text == SCRIPT


def test_a_folder_without_index_is_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "__file__", str(tmp_path / "kuma_lite" / "web" / "page.py"))
    (tmp_path / "frontend_dist").mkdir()
    assert find_page() is None


def test_a_file_that_is_only_there_compressed_is_unpacked_for_who_takes_no_gzip(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-B1a2C3d4.js.gz").write_bytes(gzip.compress(b"let a = 1;"))
    (script,) = read_files(tmp_path).values()
    assert (script.content_type, script.caching) == (
        b"text/javascript; charset=utf-8",
        b"public, max-age=31536000, immutable",
    )
    assert script.best("gzip, br") == "gzip"
    assert gzip.decompress(script.read("gzip")) == script.read(script.best("identity")) == b"let a = 1;"
    whole = tmp_path / "whole.js"
    whole.write_bytes(b"let a = 1;")
    assert script.etag == File(whole, b"", b"").etag


def test_compressed_siblings_are_no_files_of_their_own(built: Path) -> None:
    files = read_files(built)
    assert not [name for name in files if re.search(r"\.(br|gz)$", name)]
    script = files["/assets/index-B1a2C3d4.js"]
    assert isinstance(script, File)
    assert list(script.encodings) == ["br", "gzip"]
