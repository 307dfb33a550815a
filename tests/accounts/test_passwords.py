from __future__ import annotations

import time

import pytest

from kuma_lite.accounts.passwords import hash_password, is_legacy, password_matches


async def test_a_hash_matches_its_password_only() -> None:
    stored = await hash_password("a-Good-1")
    assert stored.startswith("$2b$10$")
    assert await password_matches("a-Good-1", stored)
    assert not await password_matches("a-Good-2", stored)


async def test_hashes_of_the_original_match() -> None:
    """Made by bcryptjs: `$2a$`, cost 10."""
    assert await password_matches("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a")


async def test_long_passwords_are_cut_as_the_original_does() -> None:
    stored = await hash_password("x" * 100)
    assert await password_matches("x" * 72, stored)
    assert not await password_matches("x" * 71, stored)


@pytest.mark.parametrize("password", ["\0null", "ü" * 50, "\ud800", "🦊🦊🦊1"])
async def test_any_text_can_be_a_password(password: str) -> None:
    assert await password_matches(password, await hash_password(password))


@pytest.mark.parametrize("stored", [None, "", "nonsense", "$2b$10$short", "sha1$"])
async def test_broken_hashes_match_nothing(stored: str | None) -> None:
    assert not await password_matches("secret", stored)


@pytest.mark.parametrize("password", [None, 1, ["x"], {}])
async def test_only_text_can_match(password: object) -> None:
    assert not await password_matches(password, await hash_password("x"))


async def test_unknown_users_cost_as_much_time_as_wrong_passwords() -> None:
    stored = await hash_password("secret")

    async def seconds(hashed: str | None) -> float:
        began = time.process_time()
        await password_matches("wrong", hashed)
        return time.process_time() - began

    known = min([await seconds(stored) for _ in range(3)])
    unknown = min([await seconds(None) for _ in range(3)])
    assert unknown > known / 3


def test_legacy() -> None:
    assert is_legacy("sha1$salt$hex")
    assert not is_legacy("$2b$10$x")
