from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from kuma_lite.accounts import store
from kuma_lite.accounts.model import TokenRequired
from kuma_lite.accounts.reset import remove_2fa, reset_password
from kuma_lite.accounts.rules import one_time_code
from kuma_lite.accounts.service import SIGNING_SETTING, Accounts
from kuma_lite.accounts.tokens import make_token
from kuma_lite.core.access import FIRST_ORGANISATION, OWNER_RIGHTS, Actor
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.errors import NotLoggedIn, UserError
from kuma_lite.settings.service import Settings

USER, PASSWORD, NEW = "admin", "a-Good-1", "an0ther-Good"


class House:
    """Accounts with everything below them."""

    def __init__(self, database: Database, settings: Settings, clock: ManualClock) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.accounts = Accounts(database, settings, clock)

    async def code(self) -> str:
        user = await self.database.read(lambda db: store.user_by_id(db, 1))
        assert user is not None
        assert user.twofa_secret is not None
        return one_time_code(user.twofa_secret, self.clock.now())


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = ManualClock()
    database = await Database.open(tmp_path / "test.db", clock=clock)
    settings = await Settings.load(database, Bus(), clock, environment_zone="UTC")
    made = House(database, settings, clock)
    await made.accounts.prepare()
    await made.accounts.setup(USER, PASSWORD)
    yield made
    await database.close()


# --- First start -------------------------------------------------------------------------------------------


async def test_setup_happens_once(house: House) -> None:
    assert not await house.accounts.need_setup()
    with pytest.raises(UserError) as refused:
        await house.accounts.setup("second", PASSWORD)
    assert refused.value.as_answer()["msgi18n"] is False
    assert "initialized" in refused.value.message


async def test_the_race_for_the_first_user_has_one_winner(house: House) -> None:
    """Two browsers set up at once: the original ends with two administrators."""
    await house.database.write(lambda db: db.execute("DELETE FROM user"))
    attempts = [house.accounts.setup(f"user{number}", PASSWORD) for number in range(5)]
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert results.count(None) == 1
    assert sum(isinstance(result, UserError) for result in results) == 4
    assert await house.database.read(lambda db: db.execute("SELECT count(*) FROM user").get) == 1


@pytest.mark.parametrize("name", ["", "   ", None, 5, "x" * 300])
async def test_setup_needs_a_name(house: House, name: object) -> None:
    with pytest.raises(UserError, match="name"):
        await house.accounts.setup(name, PASSWORD)


async def test_the_signing_secret_is_made_once(house: House) -> None:
    secret = house.settings.get(SIGNING_SETTING)
    assert len(secret) == 64
    await house.accounts.prepare()
    assert house.settings.get(SIGNING_SETTING) == secret
    raw = await house.database.read(
        lambda db: db.execute("SELECT value, type FROM setting WHERE key = 'jwtSecret'").fetchone()
    )
    assert raw == (secret, None)


# --- Logging in --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [USER, f"  {USER} "])
async def test_log_in(house: House, name: str) -> None:
    user = await house.accounts.log_in(name, PASSWORD, "")
    assert (user.id, user.username) == (1, USER)
    assert user.actor() == Actor(FIRST_ORGANISATION, OWNER_RIGHTS, 1, USER)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (USER, "wrong"),
        ("nobody", PASSWORD),
        (USER.upper(), PASSWORD),
        (1, PASSWORD),
        (USER, None),
        (None, None),
        (USER, ""),
        ("' OR 1=1 --", PASSWORD),
    ],
)
async def test_wrong_credentials(house: House, name: object, password: object) -> None:
    with pytest.raises(UserError) as refused:
        await house.accounts.log_in(name, password, None)
    assert refused.value.as_answer() == {"ok": False, "msg": "authIncorrectCreds", "msgi18n": True}


async def test_inactive_users_stay_out(house: House) -> None:
    token = house.accounts.token_for(await house.accounts.log_in(USER, PASSWORD, None))
    await house.database.write(lambda db: db.execute("UPDATE user SET active = 0"))
    with pytest.raises(UserError, match="authIncorrectCreds"):
        await house.accounts.log_in(USER, PASSWORD, None)
    with pytest.raises(UserError, match="authUserInactiveOrDeleted"):
        await house.accounts.log_in_by_token(token)


async def test_old_hashes_are_replaced_at_the_next_log_in(house: House) -> None:
    digest = hmac.new(b"salt", b"old-Pass1", "sha1").hexdigest()
    await house.database.write(lambda db: store.set_password(db, 1, f"sha1$salt$1${digest}"))
    with pytest.raises(UserError):
        await house.accounts.log_in(USER, "wrong", None)
    user = await house.accounts.log_in(USER, "old-Pass1", None)
    assert user.password.startswith("$2b$")
    assert (await house.accounts.log_in(USER, "old-Pass1", None)).password == user.password


# --- Tokens ------------------------------------------------------------------------------------------------


async def test_a_token_logs_in(house: House) -> None:
    token = house.accounts.token_for(await house.accounts.log_in(USER, PASSWORD, None))
    assert (await house.accounts.log_in_by_token(token)).id == 1
    session = await house.accounts.session(token)
    assert session == Actor(FIRST_ORGANISATION, OWNER_RIGHTS, 1, USER)


async def test_tokens_die_with_the_password(house: House) -> None:
    """CVE-2023-44400."""
    token = house.accounts.token_for(await house.accounts.log_in(USER, PASSWORD, None))
    changed = await house.accounts.change_password(1, PASSWORD, NEW)
    with pytest.raises(UserError, match="authInvalidToken"):
        await house.accounts.log_in_by_token(token)
    assert await house.accounts.session(token) is None
    assert (await house.accounts.log_in_by_token(house.accounts.token_for(changed))).id == 1


@pytest.mark.parametrize(
    "payload", [{}, {"username": 1}, {"username": USER}, {"username": USER, "h": ""}, {"username": ["admin"]}]
)
async def test_genuine_tokens_of_odd_content_are_refused(house: House, payload: dict[str, object]) -> None:
    with pytest.raises(UserError, match="authInvalidToken"):
        await house.accounts.log_in_by_token(make_token(payload, house.settings.get(SIGNING_SETTING)))


async def test_no_token_is_no_session(house: House) -> None:
    assert await house.accounts.session(None) is None
    assert await house.accounts.session("nonsense") is None


async def test_with_authentication_off_everybody_is_the_first_user(house: House) -> None:
    assert await house.accounts.open_door_user() is None
    await house.settings.save_general({"disableAuth": True})
    for token in (None, "nonsense"):
        session = await house.accounts.session(token)
        assert session == Actor(FIRST_ORGANISATION, OWNER_RIGHTS, 1, USER)


async def test_a_user_by_number_for_tokens_that_people_have_made(house: House) -> None:
    assert await house.accounts.actor(1) == Actor(FIRST_ORGANISATION, OWNER_RIGHTS, 1, USER)
    assert await house.accounts.actor(2) is None
    await house.database.write(lambda db: db.execute("UPDATE user SET organisation_id = 7"))
    assert await house.accounts.actor(1) == Actor(7, OWNER_RIGHTS, 1, USER)
    await house.database.write(lambda db: db.execute("UPDATE user SET active = 0"))
    assert await house.accounts.actor(1) is None


# --- Passwords ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("current", "new", "message"),
    [
        ("wrong", NEW, "Incorrect current password"),
        (None, NEW, "Wrong data type?"),
        (PASSWORD, "", "Invalid new password"),
        (PASSWORD, None, "Invalid new password"),
        (PASSWORD, "weak", "passwordTooWeak"),
        ("wrong", "weak", "passwordTooWeak"),
    ],
)
async def test_refused_password_changes(house: House, current: object, new: object, message: str) -> None:
    with pytest.raises(UserError) as refused:
        await house.accounts.change_password(1, current, new)
    assert refused.value.message == message
    await house.accounts.log_in(USER, PASSWORD, None)


async def test_a_changed_password_is_the_only_one(house: House) -> None:
    await house.accounts.change_password(1, PASSWORD, NEW)
    await house.accounts.log_in(USER, NEW, None)
    with pytest.raises(UserError):
        await house.accounts.log_in(USER, PASSWORD, None)


async def test_guests_have_no_password(house: House) -> None:
    with pytest.raises(NotLoggedIn):
        await house.accounts.check_password(None, PASSWORD)
    with pytest.raises(NotLoggedIn):
        await house.accounts.check_password(99, PASSWORD)


# --- Two-factor authentication -----------------------------------------------------------------------------


async def switch_on(house: House) -> str:
    uri = await house.accounts.prepare_twofa(1, PASSWORD)
    await house.accounts.set_twofa(1, PASSWORD, True)
    return uri


async def test_the_whole_way(house: House) -> None:
    uri = await switch_on(house)
    assert uri.startswith(f"otpauth://totp/Uptime%20Kuma:{USER}?")
    assert len(parse_qs(urlsplit(uri).query)["secret"][0]) == 103
    assert await house.accounts.twofa_is_on(1)
    for missing in (None, ""):
        with pytest.raises(TokenRequired):
            await house.accounts.log_in(USER, PASSWORD, missing)
    with pytest.raises(UserError, match="authIncorrectCreds"):
        await house.accounts.log_in(USER, "wrong", await house.code())
    with pytest.raises(UserError, match="authInvalidToken"):
        await house.accounts.log_in(USER, PASSWORD, "000000")
    await house.accounts.log_in(USER, PASSWORD, await house.code())


async def test_a_code_works_once(house: House) -> None:
    await switch_on(house)
    code = await house.code()
    results = await asyncio.gather(
        *(house.accounts.log_in(USER, PASSWORD, code) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(result, UserError) for result in results) == 2, "not even at the same moment"
    assert not await house.accounts.verify_code(1, code, PASSWORD)
    house.clock.advance(30)
    await house.accounts.log_in(USER, PASSWORD, await house.code())


async def test_a_code_is_ignored_while_it_is_off(house: House) -> None:
    await house.accounts.log_in(USER, PASSWORD, "123456")


async def test_codes_are_verified_before_switching_on(house: House) -> None:
    assert not await house.accounts.verify_code(1, "123456", PASSWORD)
    await house.accounts.prepare_twofa(1, PASSWORD)
    assert await house.accounts.verify_code(1, await house.code(), PASSWORD)
    assert not await house.accounts.verify_code(1, "000000", PASSWORD)
    with pytest.raises(UserError, match="Incorrect"):
        await house.accounts.verify_code(1, await house.code(), "wrong")
    assert not await house.accounts.twofa_is_on(1)


async def test_nobody_locks_himself_out(house: House) -> None:
    with pytest.raises(UserError, match="not been prepared"):
        await house.accounts.set_twofa(1, PASSWORD, True)
    await switch_on(house)
    with pytest.raises(UserError, match="2faAlreadyEnabled"):
        await house.accounts.prepare_twofa(1, PASSWORD)
    await house.accounts.set_twofa(1, PASSWORD, False)
    await house.accounts.log_in(USER, PASSWORD, None)


# --- From the command line ---------------------------------------------------------------------------------


async def test_reset_password_ends_sessions(house: House) -> None:
    token = house.accounts.token_for(await house.accounts.log_in(USER, PASSWORD, None))
    assert await reset_password(house.database, NEW) == USER
    await house.accounts.log_in(USER, NEW, None)
    assert await house.accounts.session(token) is None


async def test_reset_password_refuses_weak_ones_and_empty_servers(house: House) -> None:
    with pytest.raises(UserError, match="too weak"):
        await reset_password(house.database, "weak")
    await house.database.write(lambda db: db.execute("DELETE FROM user"))
    for attempt in (reset_password(house.database, NEW), remove_2fa(house.database)):
        with pytest.raises(UserError, match="No account exists on this server yet"):
            await attempt


async def test_remove_2fa(house: House) -> None:
    await switch_on(house)
    assert await remove_2fa(house.database) == USER
    await house.accounts.log_in(USER, PASSWORD, None)
