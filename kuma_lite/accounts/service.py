"""Setting up, logging in, changing the password, two-factor authentication."""

from __future__ import annotations

import contextlib
import secrets
import string
from typing import Any, Final, Protocol

from kuma_lite.accounts import store
from kuma_lite.accounts.model import TokenRequired, User
from kuma_lite.accounts.passwords import hash_password, is_legacy, password_matches
from kuma_lite.accounts.rules import code_matches, fingerprint, is_strong, otpauth_uri
from kuma_lite.accounts.sessions import Session, SessionTokens
from kuma_lite.accounts.tokens import make_token, read_token, sign_number, token_id
from kuma_lite.core.access import Actor
from kuma_lite.core.clock import Clock
from kuma_lite.core.errors import NotLoggedIn, UserError
from kuma_lite.core.hosts import KNOWN_HOSTS, MOST_KNOWN, known_hosts
from kuma_lite.core.transactions import Transactions

SIGNING_SETTING: Final = "jwtSecret"  # the setting that signs session tokens
_SECRET_CHARS: Final = 64  # of that secret and of those of two-factor authentication
_ALPHANUMERIC: Final = string.ascii_letters + string.digits
_MAX_NAME_CHARS: Final = 255
_MOST_AHEAD_S: Final = 600  # that a token may say it was given later than it was
_IS_SET_UP: Final = (
    "Uptime Kuma has been initialized. If you want to run setup again, please delete the database."
)


class AccountSettings(Protocol):
    """What accounts need of the settings."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""

    async def set(self, key: str, value: Any) -> None:
        """Write an internal setting."""


def weak_password() -> UserError:
    """The refusal of a new password."""
    return UserError("passwordTooWeak", i18n=True)


def wrong_token() -> UserError:
    """The refusal of a session token or a one-time code."""
    return UserError("authInvalidToken", i18n=True)


class SessionOver(UserError):
    """A genuine session token that opens nothing any more.

    Args:
        reason: "password" (another one is set), "ended" (by somebody) or "expired" (nobody used it).
    """

    def __init__(self, reason: str) -> None:
        super().__init__("authInvalidToken", i18n=True)
        self.reason = reason


def random_secret() -> str:
    """Sixty-four random letters and digits."""
    return "".join(secrets.choice(_ALPHANUMERIC) for _ in range(_SECRET_CHARS))


class Accounts:
    """The people of this server (today: one)."""

    def __init__(self, database: Transactions, settings: AccountSettings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self.sessions = SessionTokens(database, clock)
        self._issued = 0  # when the latest token was given, as it says

    async def prepare(self) -> None:
        """Make the secret that signs sessions, at the very first start; read which were ended."""
        if not self._settings.get(SIGNING_SETTING):
            await self._settings.set(SIGNING_SETTING, random_secret())
        await self.sessions.load()

    async def remember_host(self, name: str) -> None:
        """Somebody has proved under that host name who they are: it is no page of others (`core.hosts`)."""
        known = known_hosts(self._settings.get(KNOWN_HOSTS))
        if name not in known:
            await self._settings.set(KNOWN_HOSTS, [name, *known][:MOST_KNOWN])

    # --- First start ---------------------------------------------------------------------------------------

    async def need_setup(self) -> bool:
        """Whether nobody has been set up yet."""
        return not await self._database.read(store.any_user)

    async def setup(self, username: Any, password: Any) -> None:
        """Add the first user. Raises UserError: weak password, no name, or there is one already."""
        if not is_strong(password):
            raise weak_password()
        if not isinstance(username, str) or not username.strip() or len(username) > _MAX_NAME_CHARS:
            raise UserError("The user name must not be empty.", i18n=False)
        if not await self.need_setup():
            raise UserError(_IS_SET_UP, i18n=False)
        hashed = await hash_password(password)
        if not await self._database.write(lambda db: store.add_first_user(db, username, hashed)):
            raise UserError(_IS_SET_UP, i18n=False)

    # --- Logging in ----------------------------------------------------------------------------------------

    async def log_in(self, username: Any, password: Any, code: Any) -> User:
        """Check name, password and, where it is on, the one-time code.

        Raises:
            UserError: something is wrong.
            TokenRequired: all is right so far, a code is missing.
        """
        user = await self._authenticate(username, password)
        if user is None:
            raise UserError("authIncorrectCreds", i18n=True)
        if user.twofa_on:
            if not code:
                raise TokenRequired
            if not self._code_fits(user, code):
                raise wrong_token()
            if not await self._database.write(lambda db: store.use_code(db, user.id, str(code))):
                raise wrong_token()
        return user

    async def log_in_by_token(self, token: Any) -> User:
        """The user of a session token. Raises UserError."""
        payload = read_token(token, self._settings.get(SIGNING_SETTING, ""))
        if payload is None or not isinstance(payload.get("username"), str):
            raise wrong_token()
        user = await self._database.read(lambda db: store.active_user(db, payload["username"]))
        if user is None:
            raise UserError("authUserInactiveOrDeleted", i18n=True)
        session = self.session_of(token)
        if session is None:
            raise wrong_token()
        # The fingerprint ties the token to the password it was given for (CVE-2023-44400).
        if payload.get("h") != fingerprint(user.password):
            raise SessionOver("password")
        cut_off = session.issued < user.sessions_from and not self.sessions.has_row(session, user.id)
        if cut_off or self.sessions.is_ended(session):
            raise SessionOver("ended")
        if not self.sessions.is_good(session):
            raise SessionOver("expired")
        await self.sessions.use([session], user.id)
        return user

    def session_of(self, token: Any) -> Session | None:
        """What a genuine token says of itself; None for others."""
        payload = read_token(token, self._settings.get(SIGNING_SETTING, ""))
        issued = payload.get("iat") if payload is not None else None
        if isinstance(issued, bool) or not isinstance(issued, int | float):
            return None
        return Session(token_id(token), float(issued))

    async def session(self, token: str | None) -> Actor | None:
        """Who is behind an HTTP request; with authentication switched off, everybody is the first user."""
        user = await self.open_door_user()
        if user is None and token is not None:
            with contextlib.suppress(UserError):
                user = await self.log_in_by_token(token)
        return user.actor() if user is not None else None

    async def actor(self, user_id: int) -> Actor | None:
        """Who a user is to the rest of the program; None: there is no such user any more."""
        user = await self._database.read(lambda db: store.user_by_id(db, user_id))
        return user.actor() if user is not None and user.active else None

    async def owner(self) -> Actor | None:
        """The first user, whom everything belongs to that no person makes; None: nobody has set up yet."""
        user = await self._database.read(store.first_user)
        return user.actor() if user is not None else None

    async def open_door_user(self) -> User | None:
        """Who everybody is logged in as: the first user while authentication is switched off, else None."""
        if not self._settings.get("disableAuth"):
            return None
        return await self._database.read(store.first_user)

    def token_for(self, user: User) -> str:
        """A session token; good until it is ended or has expired, or the password changes."""
        now = int(self._clock.now())
        # Two of one second are two sessions; the wire has no other field that could tell them apart.
        self._issued = self._issued + 1 if now <= self._issued <= now + _MOST_AHEAD_S else now
        payload = {
            "username": user.username,
            "h": fingerprint(user.password),
            "iat": self._issued,
        }
        return make_token(payload, self._settings.get(SIGNING_SETTING))

    async def end_other_sessions(self, user_id: int, keep: Session | None) -> None:
        """Only `keep` is good any more, and what is given from now on."""
        # What is given next says a later second than everything before: `token_for` counts on from here.
        self._issued = max(self._issued, int(self._clock.now()))
        if keep is not None:
            await self.sessions.use([keep], user_id)
        await self.sessions.end_others(user_id, keep, self._issued + 1)

    def sign_number(self, number: int) -> str:
        """A token of a number that nobody can guess; it opens nothing by itself."""
        return sign_number(number, self._settings.get(SIGNING_SETTING))

    def device_for(self, user: User) -> str:
        """A proof that somebody has logged in on this device; it opens nothing (see `LoginLimiter`)."""
        payload = {"device": user.username, "id": secrets.token_hex(8)}
        return make_token(payload, self._settings.get(SIGNING_SETTING))

    def device_of(self, proof: Any) -> str | None:
        """The name of the account that has logged in on that device; None: this proves nothing."""
        payload = read_token(proof, self._settings.get(SIGNING_SETTING, ""))
        name = payload.get("device") if payload is not None else None
        return name if isinstance(name, str) else None

    # --- Passwords -----------------------------------------------------------------------------------------

    async def check_password(self, user_id: int | None, password: Any) -> None:
        """Ask a logged-in person again. Raises UserError when the password is not theirs."""
        if not isinstance(password, str):
            raise UserError("Wrong data type?")
        user = await self._user(user_id)
        if not await password_matches(password, user.password):
            raise UserError("Incorrect current password")

    async def change_password(self, user_id: int | None, current: Any, new: Any) -> User:
        """Replace the password; every session token dies. Returns the user as stored now."""
        if not new:
            raise UserError("Invalid new password")
        if not is_strong(new):
            raise weak_password()
        await self.check_password(user_id, current)
        user = await self._user(user_id)
        hashed = await hash_password(new)
        await self._database.write(lambda db: store.set_password(db, user.id, hashed))
        await self.sessions.forget(user.id)
        return await self._user(user_id)

    async def is_account(self, username: str, password: str) -> bool:
        """Whether name and password belong together; no code is asked for (`/metrics` of Uptime Kuma 2.5)."""
        return await self._authenticate(username, password) is not None

    # --- Two-factor authentication -------------------------------------------------------------------------

    async def twofa_is_on(self, user_id: int | None) -> bool:
        """Whether logging in takes a code."""
        return (await self._user(user_id)).twofa_on

    async def prepare_twofa(self, user_id: int | None, password: Any) -> str:
        """Make a new secret; returns what the QR code says."""
        await self.check_password(user_id, password)
        user = await self._user(user_id)
        if user.twofa_on:
            raise UserError("2faAlreadyEnabled", i18n=True)
        secret = random_secret()
        await self._database.write(lambda db: store.set_twofa_secret(db, user.id, secret))
        return otpauth_uri(secret, user.username)

    async def set_twofa(self, user_id: int | None, password: Any, on: bool) -> None:
        """Switch it. Raises UserError when no secret has been prepared: nobody could log in any more."""
        await self.check_password(user_id, password)
        user = await self._user(user_id)
        if on and not user.twofa_secret:
            raise UserError("Two-factor authentication has not been prepared.")
        await self._database.write(lambda db: store.set_twofa(db, user.id, on))

    async def verify_code(self, user_id: int | None, code: Any, password: Any) -> bool:
        """Whether a code is right now, and has not logged anybody in."""
        await self.check_password(user_id, password)
        return self._code_fits(await self._user(user_id), code)

    # --- Helpers -------------------------------------------------------------------------------------------

    def _code_fits(self, user: User, code: Any) -> bool:
        if not user.twofa_secret or str(code) == user.twofa_last_token:
            return False
        return code_matches(user.twofa_secret, code, self._clock.now())

    async def _authenticate(self, username: Any, password: Any) -> User | None:
        user = None
        if isinstance(username, str) and isinstance(password, str):
            user = await self._database.read(lambda db: store.user_to_log_in(db, username))
        if not await password_matches(password, user.password if user else None) or user is None:
            return None
        return await self._modernised(user, password) if is_legacy(user.password) else user

    async def _modernised(self, user: User, password: str) -> User:
        """Replace a hash of the first versions, now that the password is known."""
        hashed = await hash_password(password)
        await self._database.write(lambda db: store.replace_password(db, user.id, user.password, hashed))
        return await self._user(user.id)

    async def _user(self, user_id: int | None) -> User:
        user = None
        if user_id is not None:
            user = await self._database.read(lambda db: store.user_by_id(db, user_id))
        if user is None:
            raise NotLoggedIn
        return user
