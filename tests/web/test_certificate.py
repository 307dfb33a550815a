"""Serving HTTPS: every form of a key that people have, sentences for the rest, and renewal under way."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kuma_lite.core.config import Tls
from kuma_lite.core.errors import StartupError
from kuma_lite.web.certificate import read_certificate
from kuma_lite.web.renewal import CertificateRenewal
from kuma_lite.web.server import WebServer
from tests.requires import needs_program
from tests.support import http
from tests.support.frame import frame
from tests.support.sio import connect
from tests.web.test_server import App

pytestmark = needs_program("openssl")

RSA = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
EC = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
ED25519 = ["genpkey", "-algorithm", "ed25519"]
PASSWORD = ["-passout", "pass:word"]

# How a key was made, and how it was encrypted with "word".
ENCRYPTED = {
    "PKCS#8": (RSA, ["pkcs8", "-topk8"]),
    "PKCS#8 with scrypt": (RSA, ["pkcs8", "-topk8", "-scrypt"]),
    "PKCS#8 of old": (RSA, ["pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES"]),
    "PKCS#8 with 3DES": (EC, ["pkcs8", "-topk8", "-v2", "des3"]),
    "PKCS#8 of Ed25519": (ED25519, ["pkcs8", "-topk8"]),
    "traditional RSA": (RSA, ["rsa", "-traditional", "-aes256"]),
    "traditional RSA with 3DES": (RSA, ["rsa", "-traditional", "-des3"]),
    "traditional EC": (EC, ["ec", "-aes128"]),
}


def openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def issue(folder: Path, name: str = "server", made: list[str] = RSA, *more: str) -> Tls:
    """A key and a certificate that it signed itself."""
    tls = Tls(folder / f"{name}.crt", folder / f"{name}.key")
    openssl(*made, "-out", tls.key)
    more = more or ("-addext", "subjectAltName=IP:127.0.0.1")
    openssl(
        "req",
        "-x509",
        "-new",
        "-key",
        tls.key,
        "-days",
        "2",
        "-subj",
        f"/CN={name}",
        *more,
        "-out",
        tls.certificate,
    )
    return tls


@asynccontextmanager
async def served(tls: Tls) -> AsyncIterator[WebServer]:
    server = WebServer(App(), "127.0.0.1", 0, tls)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def page_of(server: WebServer, tls: Tls) -> str:
    """What somebody sees who trusts this certificate and no other."""
    context = ssl.create_default_context(cafile=str(tls.certificate))
    return (await http.get(server.url + "/", context=context)).text


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_https_and_secure_websockets(tmp_path: Path, version: ssl.TLSVersion) -> None:
    tls = issue(tmp_path)
    context = ssl.create_default_context(cafile=str(tls.certificate))
    context.minimum_version = context.maximum_version = version
    async with frame(tmp_path, tls=tls) as server:
        assert server.url.startswith("https://")
        assert (await http.get(server.url + "/healthz", context=context)).json() == {"status": "ok"}
        for transport in ("websocket", "polling"):
            async with connect(server.url, context=context, transport=transport) as client:
                assert await client.call("needSetup") is True


# --- keys --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ENCRYPTED)
async def test_pages_are_served_with_every_form_of_an_encrypted_key(tmp_path: Path, form: str) -> None:
    made, encrypt = ENCRYPTED[form]
    tls = issue(tmp_path, made=made)
    locked = tmp_path / "locked.key"
    openssl(*encrypt, "-in", tls.key, "-out", locked, *PASSWORD)
    assert b"ENCRYPTED" in locked.read_bytes()
    async with served(Tls(tls.certificate, locked, "word")) as server:
        assert await page_of(server, tls) == "hello"
    for passphrase, sentence in (
        (None, "is encrypted: its"),
        ("", "is encrypted: its"),
        ("other", "is wrong"),
    ):
        with pytest.raises(StartupError, match=sentence):
            await WebServer(App(), "127.0.0.1", 0, Tls(tls.certificate, locked, passphrase)).start()


@pytest.mark.parametrize("made", [RSA, EC, ED25519, ["genrsa", "-traditional"]])
async def test_a_passphrase_that_is_not_needed_does_no_harm(tmp_path: Path, made: list[str]) -> None:
    tls = Tls(tmp_path / "server.crt", tmp_path / "server.key", "word")
    issue(tmp_path, made=made)
    async with served(tls) as server:
        assert await page_of(server, tls) == "hello"


async def test_files_as_editors_and_tools_leave_them(tmp_path: Path) -> None:
    """A byte order mark, DOS line ends, words around, and both in one file."""
    tls = issue(tmp_path)
    text = tls.certificate.read_bytes() + b"Bag Attributes: none\n" + tls.key.read_bytes()
    both = tmp_path / "both.pem"
    both.write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    async with served(Tls(both, both)) as server:
        assert await page_of(server, tls) == "hello"


@pytest.mark.parametrize(
    ("made", "more"),
    [
        (["genpkey", "-algorithm", "ed448"], []),
        (["genpkey", "-algorithm", "RSA-PSS"], []),
        (["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"], []),
        (["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], []),
        (["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], []),
        (RSA, ["-addext", "1.2.3.4=critical,ASN1:UTF8String:x"]),
    ],
)
async def test_what_granian_would_end_with_is_a_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], made: list[str], more: list[str]
) -> None:
    tls = issue(tmp_path, "server", made, *more)
    with pytest.raises(StartupError, match=r"cannot be served\. Keys may be"):
        await WebServer(App(), "127.0.0.1", 0, tls).start()
    assert "panicked" not in capfd.readouterr().err


def test_certificate_and_key_have_to_fit(tmp_path: Path) -> None:
    tls, other = issue(tmp_path), issue(tmp_path, "other")
    nonsense, empty = tmp_path / "nonsense", tmp_path / "empty"
    nonsense.write_text("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n")
    empty.touch()
    read_certificate(tls)
    for certificate, key, sentence in (
        (tls.certificate, other.key, "cannot be used together"),
        (tls.certificate, nonsense, "no private key"),
        (tls.certificate, empty, "no private key"),
        (tls.certificate, tmp_path / "none.key", "does not exist"),
        (tls.certificate, tmp_path, "cannot be read: is a directory"),
        (empty, tls.key, "no certificate"),
        (tls.key, tls.key, "no certificate"),
        (tmp_path / "none.crt", tls.key, "does not exist"),
    ):
        with pytest.raises(StartupError, match=sentence):
            read_certificate(Tls(certificate, key))


def test_a_key_encrypted_as_nobody_does_any_more(tmp_path: Path) -> None:
    tls, locked = issue(tmp_path), tmp_path / "locked.key"
    openssl("rsa", "-traditional", "-camellia256", "-in", tls.key, "-out", locked, *PASSWORD)
    with pytest.raises(StartupError, match="encrypt it anew with: openssl pkcs8"):
        read_certificate(Tls(tls.certificate, locked, "word"))


def test_keys_are_not_shown(tmp_path: Path) -> None:
    certificate = read_certificate(issue(tmp_path))
    assert "PRIVATE" not in repr(certificate)
    with certificate.files() as (chain, key):
        assert key.read_bytes() == certificate.key
        assert chain.read_bytes() == certificate.chain
    assert not key.exists()


# --- renewal -----------------------------------------------------------------------------------------------


def put_in_place(new: Tls, tls: Tls) -> None:
    """As tools do that renew certificates."""
    os.replace(new.certificate, tls.certificate)
    os.replace(new.key, tls.key)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_a_renewed_certificate_is_served_at_once(tmp_path: Path, transport: str) -> None:
    tls = issue(tmp_path)
    before = ssl.create_default_context(cafile=str(tls.certificate))
    async with frame(tmp_path, tls=tls) as server:
        for number in range(3):
            async with connect(server.url, context=before, transport=transport) as client:
                put_in_place(issue(tmp_path, f"next{number}", EC), tls)
                assert await server.web.renew_certificate() is True
                assert await server.web.renew_certificate() is False, "it is the same"
                now = ssl.create_default_context(cafile=str(tls.certificate))
                for _ in range(5):
                    assert (await http.get(server.url + "/healthz", context=now)).status == 200
                with pytest.raises(ssl.SSLError):
                    await http.get(server.url + "/healthz", context=before)
                await asyncio.wait_for(client.disconnected.wait(), 10)  # and it would come again
            before = now
        async with connect(server.url, context=now, transport=transport) as client:
            assert await client.call("needSetup") is True


async def test_requests_under_way_survive_a_renewal(tmp_path: Path) -> None:
    tls, app = issue(tmp_path), App()
    server = WebServer(app, "127.0.0.1", 0, tls)
    await server.start()
    context = ssl.create_default_context(cafile=str(tls.certificate))
    request = asyncio.create_task(http.get(server.url + "/slow/0.5", context=context))
    await asyncio.wait_for(app.asked.wait(), 10)
    put_in_place(issue(tmp_path, "next"), tls)
    assert await server.renew_certificate()
    assert await page_of(server, tls) == "hello"
    assert (await request).text == "hello"
    await server.stop()


async def test_a_renewal_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    tls = issue(tmp_path)
    async with served(tls) as server:
        kept = Tls(tmp_path / "kept.crt", tls.key)
        kept.certificate.write_bytes(tls.certificate.read_bytes())
        for made in (RSA, ["genpkey", "-algorithm", "ed448"]):
            new = issue(tmp_path, "next", made)
            os.replace(new.certificate, tls.certificate)  # the key is still the one before
            with pytest.raises(StartupError, match="cannot be used together"):
                await server.renew_certificate()
            assert await page_of(server, kept) == "hello"
        os.replace(new.key, tls.key)
        with pytest.raises(StartupError, match="cannot be served"):
            await server.renew_certificate()
        assert await page_of(server, kept) == "hello"


async def test_files_are_looked_at_and_a_half_renewed_pair_is_waited_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    tls = issue(tmp_path)
    async with served(tls) as server:
        renewal = CertificateRenewal(server, tls)
        await renewal.look()
        new = issue(tmp_path, "next")
        os.replace(new.certificate, tls.certificate)
        for _ in range(3):
            await renewal.look()
        assert caplog.text.count("cannot be used together") == 1, "said once, not every time"
        os.replace(new.key, tls.key)
        await renewal.look()
        assert "was renewed and is served" in caplog.text
        assert await page_of(server, tls) == "hello"


async def test_links_to_the_newest_files_are_followed(tmp_path: Path) -> None:
    """certbot's live folder."""
    old, new = issue(tmp_path, "old"), issue(tmp_path, "new")
    live = Tls(tmp_path / "fullchain.pem", tmp_path / "privkey.pem")

    def point_to(target: Tls) -> None:
        for link, file in ((live.certificate, target.certificate), (live.key, target.key)):
            link.unlink(missing_ok=True)
            link.symlink_to(file)

    point_to(old)
    async with served(live) as server:
        renewal = CertificateRenewal(server, live)
        assert await page_of(server, old) == "hello"
        point_to(new)
        await renewal.look()
        assert await page_of(server, new) == "hello"


async def test_silent_connections_do_no_harm_behind_tls(tmp_path: Path) -> None:
    tls = issue(tmp_path)
    server = WebServer(App(), "127.0.0.1", 0, tls, connections=60)
    await server.start()
    silent = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(200)]
    assert await page_of(server, tls) == "hello"
    for _reader, writer in silent:
        writer.close()
    await server.stop()
