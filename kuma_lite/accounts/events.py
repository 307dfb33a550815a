"""The Socket.IO events of accounts, and how a connection begins."""

from __future__ import annotations

import logging
from typing import Any, Final, Protocol

from kuma_lite import __version__
from kuma_lite.accounts.limiters import LOGIN, TWO_FACTOR, LoginLimiter
from kuma_lite.accounts.model import TokenRequired, User
from kuma_lite.accounts.service import Accounts, SessionOver
from kuma_lite.accounts.session_events import session_doors
from kuma_lite.accounts.sessions import Session
from kuma_lite.core.access import Right
from kuma_lite.core.doors import PAGE, SILENCE, Access, Answer, Caller, Doors, Event, Push, actor_of
from kuma_lite.core.errors import UserError

log = logging.getLogger(__name__)

_FIRST: Final = 1  # of what a log-in is told
_AFTER_ALL: Final = 100  # `loginRequired` and `autoLogin` are the last a client hears on connect


class HelloSettings(Protocol):
    """What our page is told at once."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""

    def timezone(self) -> str:
        """The server's time zone."""


class AccountDoors:
    """What clients can do with accounts."""

    def __init__(self, accounts: Accounts, settings: HelloSettings, push: Push, logins: LoginLimiter) -> None:
        self._accounts = accounts
        self._settings = settings
        self._push = push
        self._logins = logins

    def doors(self) -> list[Doors]:
        """The events, and the beginning of a connection on both namespaces."""
        events = [
            Event("needSetup", self.need_setup, access=Access.PUBLIC),
            Event("setup", self.setup, 2, access=Access.PUBLIC),
            Event("login", self.login, 1, access=Access.PUBLIC, limiter=LOGIN),
            Event("loginByToken", self.login_by_token, 1, access=Access.PUBLIC),
            Event("logout", self.logout, access=Access.PUBLIC, limiter=LOGIN),
            Event("changePassword", self.change_password, 1, on_error=_with_i18n, needs=Right.ACCOUNT),
            Event("disconnectOtherSocketClients", self.disconnect_others, answers=False, needs=Right.ACCOUNT),
            Event("twoFAStatus", self.twofa_status, needs=Right.ACCOUNT),
            Event("prepare2FA", self.prepare_twofa, 1, limiter=TWO_FACTOR, needs=Right.ACCOUNT),
            Event("save2FA", self.save_twofa, 1, limiter=TWO_FACTOR, needs=Right.ACCOUNT),
            Event("disable2FA", self.disable_twofa, 1, limiter=TWO_FACTOR, needs=Right.ACCOUNT),
            Event("verifyToken", self.verify_token, 2, needs=Right.ACCOUNT),
        ]
        return [
            session_doors(self._accounts, self._push),
            Doors(events=events, on_connect=self.greet, login_order=_AFTER_ALL),
            Doors(on_connect=self.greet_page, login_order=_AFTER_ALL, namespace=PAGE),
            Doors(on_login=self.tell_rights, login_order=_FIRST, namespace=PAGE, needs=Right.ACCOUNT),
        ]

    # --- Connecting ----------------------------------------------------------------------------------------

    async def greet(self, caller: Caller) -> None:
        """Tell a client what to do first: set up, log in, or nothing."""
        if await self._accounts.need_setup():
            await caller.emit("setup")
        user = await self._accounts.open_door_user()
        if user is None:
            await caller.emit("loginRequired")
        else:
            await caller.log_in(user.actor())
            await caller.emit("autoLogin")

    async def greet_page(self, caller: Caller) -> None:
        """The same for our page, in one message."""
        user = await self._accounts.open_door_user()
        if user is not None:
            await caller.log_in(user.actor())
        await caller.emit(
            "hello",
            {
                "version": __version__,
                "needSetup": await self._accounts.need_setup(),
                "loginRequired": user is None,
                "serverTimezone": self._settings.timezone(),
                "primaryBaseURL": self._settings.get("primaryBaseURL"),
            },
        )

    async def tell_rights(self, caller: Caller) -> None:
        """What our page may offer."""
        await caller.emit("rights", sorted(actor_of(caller).rights))

    # --- Logging in and out --------------------------------------------------------------------------------

    async def need_setup(self, caller: Caller) -> Answer:
        """A bare truth value."""
        del caller
        return await self._accounts.need_setup()

    async def setup(self, caller: Caller, username: Any, password: Any) -> Answer:
        """Add the first user; does not log in."""
        await self._accounts.setup(username, password)
        await self._accounts.remember_host(caller.host)
        log.info("The first user was set up from %s", caller.address)
        return _saved("successAdded")

    async def login(self, caller: Caller, data: Any) -> Answer:
        """With name and password; all lists are sent before the answer."""
        if data in (None, False, 0, ""):
            return SILENCE
        form = data if isinstance(data, dict) else {}
        try:
            user = await self._accounts.log_in(form.get("username"), form.get("password"), form.get("token"))
        except TokenRequired:
            return {"tokenRequired": True}
        except UserError:
            log.warning("A log-in from %s failed", caller.address)
            self._logins.failed(caller, form.get("username"))
            raise
        await self._accounts.remember_host(caller.host)
        await self._let_in(caller, user)
        token = await self._begin_session(caller, user)
        answer = {"ok": True, "token": token}
        return {**answer, "device": self._accounts.device_for(user)} if caller.namespace == PAGE else answer

    async def login_by_token(self, caller: Caller, token: Any) -> Answer:
        """With the token of an earlier log-in. Our own page is told why that is over."""
        try:
            user = await self._accounts.log_in_by_token(token)
        except SessionOver as over:
            return {**over.as_answer(), **({"reason": over.reason} if caller.namespace == PAGE else {})}
        await self._accounts.remember_host(caller.host)
        caller.session = self._accounts.session_of(token)
        await self._let_in(caller, user)
        return {"ok": True}

    async def logout(self, caller: Caller) -> Answer:
        """Answered without argument. The session token opens nothing any more, for nobody."""
        session, caller.session = caller.session, None
        await caller.log_out()
        if isinstance(session, Session):
            await self._accounts.sessions.end(session)

    # --- Password ------------------------------------------------------------------------------------------

    async def change_password(self, caller: Caller, form: Any) -> Answer:
        """Everybody else of this user is thrown out before the answer (GHSA-88j4-pcx8-q4q3)."""
        given = form if isinstance(form, dict) else {}
        user = await self._accounts.change_password(
            _user(caller), given.get("currentPassword"), given.get("newPassword")
        )
        await self._push.disconnect_user(user.id, except_sid=caller.sid)
        log.info("The password was changed from %s", caller.address)
        token = await self._begin_session(caller, user)
        return {**_saved("successAuthChangePassword"), "token": token}

    async def disconnect_others(self, caller: Caller) -> Answer:
        """Throw out all other connections of this user."""
        await self._push.disconnect_user(_user(caller), except_sid=caller.sid)

    # --- Two-factor authentication -------------------------------------------------------------------------

    async def twofa_status(self, caller: Caller) -> Answer:
        """Whether it is on."""
        return {"ok": True, "status": await self._accounts.twofa_is_on(_user(caller))}

    async def prepare_twofa(self, caller: Caller, password: Any) -> Answer:
        """A new secret, as the text of a QR code."""
        return {"ok": True, "uri": await self._accounts.prepare_twofa(_user(caller), password)}

    async def save_twofa(self, caller: Caller, password: Any) -> Answer:
        """Switch it on."""
        await self._accounts.set_twofa(_user(caller), password, True)
        return _saved("2faEnabled")

    async def disable_twofa(self, caller: Caller, password: Any) -> Answer:
        """Switch it off."""
        await self._accounts.set_twofa(_user(caller), password, False)
        return _saved("2faDisabled")

    async def verify_token(self, caller: Caller, code: Any, password: Any) -> Answer:
        """Try a code before switching on."""
        if await self._accounts.verify_code(_user(caller), code, password):
            return {"ok": True, "valid": True}
        return {"ok": False, "msg": "authInvalidToken", "msgi18n": True, "valid": False}

    async def _begin_session(self, caller: Caller, user: User) -> str:
        """A new session token, which is this connection's."""
        token = self._accounts.token_for(user)
        session = caller.session = self._accounts.session_of(token)
        if session is not None:
            await self._accounts.sessions.begin(session, user.id, caller.address, caller.agent)
        return token

    async def _let_in(self, caller: Caller, user: User) -> None:
        self._logins.succeeded(caller, user.username)
        await caller.log_in(user.actor())


def _user(caller: Caller) -> int:
    """The caller's own account."""
    return actor_of(caller).author


def _saved(key: str) -> dict[str, Any]:
    return {"ok": True, "msg": key, "msgi18n": True}


def _with_i18n(error: UserError) -> Answer:
    """Failures of `changePassword` always say whether the message is a key."""
    return {**error.as_answer(), "msgi18n": bool(error.i18n)}
