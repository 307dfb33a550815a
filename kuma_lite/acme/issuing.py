"""One attempt: an order, the proof of every name, the certificate (RFC 8555, 7.4)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct, field

from kuma_lite.acme import certificates
from kuma_lite.acme.challenges import Proofs
from kuma_lite.acme.client import AcmeClient, Answer
from kuma_lite.acme.errors import ALREADY_REPLACED, AcmeError, said
from kuma_lite.acme.rules import Order
from kuma_lite.core.records import hiding

MOST_ORDERS: Final = 4  # in one attempt: what one refuses is left out of the next
PROOF_S: Final = 120.0  # for one name to be looked at, or for a certificate to be made
FIRST_LOOK_S: Final = 0.5
LONGEST_LOOK_S: Final = 10.0


class Result(Struct, frozen=True):
    """Of an attempt.

    Attributes:
        chain: PEM; b"" when there is no certificate, because of what was refused.
        key: PEM.
        names: what it is for.
        refused: name → why.
    """

    __repr__ = hiding("key")

    chain: bytes = b""
    key: bytes = b""
    names: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


async def obtain(client: AcmeClient, order: Order, proofs: Proofs, now: float, replaces: str = "") -> Result:
    """Ask for a certificate; names that fail are left out, as long as the order accepts that.

    Args:
        client: logged in.
        proofs: how names are proven.
        replaces: the renewal id of the certificate that it replaces (RFC 9773); "" for none.
        now: by which the certificate has to be valid.

    Raises:
        AcmeError: nothing came of it, for a reason that is no single name's.
    """
    left = list(order.names)
    refused: dict[str, str] = {}
    for _ in range(MOST_ORDERS):
        if not order.accepts(left):
            break
        try:
            made = await _ordered(client, left, replaces)
            failures = await _prove(client, made, proofs)
            if not failures:
                key = certificates.new_key()
                chain = await _finish(client, made, certificates.request_for(left, key))
                chain = certificates.verified(chain, key, left, now)
                return Result(chain, certificates.key_pem(key), tuple(left), refused)
        except AcmeError as error:
            failures = _blamed(error, left)
            if not failures:
                raise
        refused |= failures
        left = [name for name in left if name not in failures]
    return Result(refused=refused)


def _blamed(error: AcmeError, names: Iterable[str]) -> dict[str, str]:
    """Names that a refusal is about: those that it lists, or those that it mentions."""
    known = list(names)
    if listed := {name: why for name, why in error.names.items() if name in known}:
        return listed
    if not error.kind or error.retry_after is not None or len(known) == 1:
        return {}
    return {
        name: error.message for name in known if f'{name}"' in error.message or f"{name}'" in error.message
    }


async def _ordered(client: AcmeClient, names: list[str], replaces: str) -> Answer:
    wanted: dict[str, Any] = {"identifiers": [{"type": "dns", "value": name} for name in names]}
    if replaces:
        try:
            return await client.post("newOrder", {**wanted, "replaces": replaces})
        except AcmeError as error:
            if error.kind not in (ALREADY_REPLACED, "malformed"):
                raise
    return await client.post("newOrder", wanted)


async def _prove(client: AcmeClient, order: Answer, proofs: Proofs) -> dict[str, str]:
    """Have every name looked at; name → why it failed."""
    failures: dict[str, str] = {}
    looked_at: list[tuple[str, str]] = []
    shown: list[tuple[str, str]] = []
    try:
        for url in order.document.get("authorizations", []):
            found = (await client.post(url, None)).document
            name = str(found.get("identifier", {}).get("value", "")).lower()
            if found.get("status") == "valid":
                continue
            challenge = _challenge(found, proofs.kind)
            if found.get("status") != "pending" or challenge is None:
                failures[name] = (
                    _why(found)
                    or "The certificate authority offers no proof of this name that can be given here."
                )
                continue
            token = str(challenge["token"])
            proofs.put(name, token, client.key.authorization(token))
            shown.append((name, token))
            await client.post(str(challenge["url"]), {})
            looked_at.append((name, url))
        for name, url in looked_at:
            found = await _until(client, url, "pending")
            if found.get("status") != "valid":
                failures[name] = _why(found) or "The certificate authority does not say why."
    finally:
        for name, token in shown:
            proofs.drop(name, token)
    return failures


def _challenge(authorization: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    for each in authorization.get("challenges", []):
        if isinstance(each, dict) and each.get("type") == kind and "token" in each and "url" in each:
            return each
    return None


def _why(authorization: Mapping[str, Any]) -> str:
    """What the authority found wrong with a name; "" where it does not say."""
    for each in authorization.get("challenges", []):
        if isinstance(each, dict) and (reason := said(each.get("error"))):
            return reason
    return ""


async def _finish(client: AcmeClient, order: Answer, request: str) -> bytes:
    """Send the signing request, and read the chain (PEM)."""
    await _until(client, order.location, "pending")
    await client.post(str(order.document.get("finalize")), {"csr": request})
    done = await _until(client, order.location, "ready", "processing")
    if done.get("status") != "valid" or not isinstance(done.get("certificate"), str):
        text = "The certificate authority made no certificate ({detail})."
        problem = done.get("error")
        names = {
            str(each.get("identifier", {}).get("value", "")).lower(): said(each)
            for each in (problem.get("subproblems") or [] if isinstance(problem, dict) else [])
        }
        raise AcmeError(text, kind="order", names=names, detail=said(problem) or str(done.get("status")))
    return (await client.post(done["certificate"], None)).body


async def _until(client: AcmeClient, url: str, *meanwhile: str) -> dict[str, Any]:
    """Read something until it has another status than those. Raises AcmeError when that takes too long."""
    pause = FIRST_LOOK_S
    try:
        async with asyncio.timeout(PROOF_S):
            while True:
                answer = await client.post(url, None)
                if answer.document.get("status") not in meanwhile:
                    return answer.document
                await asyncio.sleep(min(answer.retry_after or pause, LONGEST_LOOK_S))
                pause = min(pause * 2, LONGEST_LOOK_S)
    except TimeoutError:
        text = "The certificate authority has not decided in {seconds} s."
        raise AcmeError(text, kind="slow", seconds=round(PROOF_S)) from None
