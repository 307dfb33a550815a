"""Against Pebble: names are proven on the HTTPS port, nobody being on the plain one; and customers alone."""

from __future__ import annotations

import asyncio
import json
import ssl
from pathlib import Path

import pytest

from kuma_lite.acme.account import Binding
from kuma_lite.acme.alpn import AlpnProofs
from tests.acme.harness import OWN, kept
from tests.acme.test_keeper import _issued_earlier
from tests.acme.test_serving import GONE, make_page, names_at, page_says, read_verified, until_names
from tests.peers import pebble
from tests.peers.pebble import missing
from tests.support.served import serving

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())} (make clients)"),
    pytest.mark.timeout(180),
]
KID, KEY = "customer-1", "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"


async def test_names_are_proven_and_renewed_by_tls(tmp_path: Path) -> None:
    async with pebble.running(tmp_path / "pebble") as authority:
        await authority.lead(GONE, pebble.NOWHERE)
        async with kept(tmp_path / "data", authority, "status.test", GONE, proofs=AlpnProofs()) as it:
            await it.keeper.look()
            assert await it.names() == {OWN, "status.test"}
            assert set(it.keeper.lacking()) == {GONE}
            it.domains.append("later.test")
            it.keeper.state = _issued_earlier(it, 11 * 60)
            await it.keeper.look()
            assert await it.names() == {OWN, "status.test", "later.test"}, it.keeper.state.failure
            assert it.proofs is not None
            assert it.proofs.certificate(OWN) is None, "shown no longer than it is looked for"


async def test_the_program_without_a_plain_port(tmp_path: Path) -> None:
    async with pebble.running(tmp_path / "pebble") as authority:
        await authority.lead(GONE, pebble.NOWHERE)
        data, trust = tmp_path / "data", {"SSL_CERT_FILE": str(authority.ca_file)}
        with serving(data) as server:
            await make_page(server.url, ["status.test", GONE])
        server.url = server.url.replace(
            f"http://127.0.0.1:{server.port}", f"https://127.0.0.1:{authority.tls_port}"
        )
        server.port, server.env = authority.tls_port, {**server.env, **trust}
        server.arguments = (
            *("--acme", "kuma.test", "--acme-terms", "--acme-directory", authority.directory),
            *("--acme-challenge", "tls-alpn-01", "--http-port", str(authority.http_port)),
        )
        server.start()
        try:
            await until_names(server.port, {"kuma.test", "status.test"})
            root = ssl.create_default_context(cadata=await authority.root_pem())
            await read_verified(server.port, root, "status.test", b"<title>Shop</title>")
            assert (await page_says(server.url))["failure"] == "", server.text()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", authority.http_port)
            assert await names_at(server.port) == {"kuma.test", "status.test"}
        finally:
            server.stop()
        assert "Traceback" not in server.text()


@pytest.mark.parametrize(
    ("binding", "reason"),
    [
        (Binding(KID, KEY), ""),
        (None, "acme_eab_kid"),
        (Binding("customer-2", KEY), "not known"),
        (Binding(KID, "c29tZXRoaW5nIGVsc2U"), "refuses"),
    ],
)
async def test_an_authority_for_customers(tmp_path: Path, binding: Binding | None, reason: str) -> None:
    async with (
        pebble.running(tmp_path / "pebble", customers={KID: KEY}) as authority,
        kept(tmp_path / "data", authority, binding=binding) as it,
    ):
        await it.keeper.look()
        assert (reason in it.keeper.state.failure) is True
        assert (it.keeper.state.failure == "") is (reason == "")
        assert it.keeper.served.is_stand_in is (reason != "")
        assert KEY not in json.dumps(it.keeper.document())
