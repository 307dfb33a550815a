"""Which names, when, and how long to wait after a failure. Pure; times are seconds since 1970."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from msgspec import Struct, field

from kuma_lite.acme.certificates import Served
from kuma_lite.core.hosts import is_out_of_reach, plain_name
from kuma_lite.core.records import replace

MOST_NAMES: Final = 100  # in one certificate, as Let's Encrypt has it
RENEWED_AFTER: Final = 2 / 3  # of the time that a certificate lasts
LAST_PART: Final = 1 / 6  # of it: now a name that fails is left out, and people hear of any failure
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
# Let's Encrypt takes five failures of a name in an hour, and 300 orders in three.
NAME_STEPS: Final = (15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY)
ORDER_STEPS: Final = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR)
PATIENCE: Final = 3  # failures of a name until a certificate that has it is replaced by one without
NEW_NAMES_S: Final = 10 * MINUTE  # between two certificates because of new names
WEEK: Final = 7 * DAY
MOST_A_WEEK: Final = 20  # certificates because of new names; the authority refuses the 51st of a domain
TOLD_AFTER: Final = DAY  # of failed renewals, while the certificate before is good for long
# By the words of the setting; any other is an address.
DIRECTORIES: Final = {
    "letsencrypt": "https://acme-v02.api.letsencrypt.org/directory",
    "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
}


class Refusal(Struct, frozen=True):
    """A name that could not be proven to be ours.

    Attributes:
        reason: one sentence.
        failures: in a row.
        again: when it may be tried again.
    """

    reason: str
    failures: int
    again: float


class State(Struct, frozen=True):
    """What has to be remembered beyond the certificate itself.

    Attributes:
        directory: where the certificate is from; "" when there is none.
        refused: names that failed.
        failures: attempts in a row that brought nothing.
        failing_since: when the first one of them was made; None when there is none.
        failure: why the last one failed; "".
        again: no attempt before.
        issued: when certificates were got, of the last week.
    """

    directory: str = ""
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    failures: int = 0
    failing_since: float | None = None
    failure: str = ""
    again: float = 0.0
    issued: tuple[float, ...] = ()


class Order(Struct, frozen=True):
    """What is to be asked for now.

    Attributes:
        names: in one certificate.
        kept: without which it is not wanted: the one there is has them, and is still good.
        wanted: at least one of these, else it is not wanted; empty: any.
    """

    names: tuple[str, ...]
    kept: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()

    def accepts(self, left: Collection[str]) -> bool:
        """Whether a certificate with only these names is still wanted."""
        return (
            bool(left) and self.kept.issubset(left) and (not self.wanted or not self.wanted.isdisjoint(left))
        )


def choose(
    own: Iterable[str], domains: Iterable[str], *, everywhere: bool
) -> tuple[list[str], dict[str, str]]:
    """The names of a certificate, the server's own first, and why others cannot be in it.

    Args:
        everywhere: the authority's certificates count in the whole world, so it knows no local names.
    """
    names: dict[str, None] = {}
    left_out: dict[str, str] = {}
    for text in (*own, *domains):
        try:
            name = plain_name(text)
        except ValueError:
            left_out[text] = "This is no name that a certificate can be for."
            continue
        if everywhere and is_out_of_reach(name):
            left_out[name] = "This is a name of a local network only."
        elif name not in names and len(names) >= MOST_NAMES:
            left_out[name] = "A certificate has at most 100 names."
        else:
            names[name] = None
    return list(names), left_out


def renewal_time(served: Served) -> float:
    """When, unless its authority says something else."""
    return served.begins + (served.ends - served.begins) * RENEWED_AFTER


def in_last_part(served: Served, now: float) -> bool:
    """Whether it ends soon, or has ended."""
    return now >= served.ends - (served.ends - served.begins) * LAST_PART


def waits(again: float, now: float, longest: float = DAY) -> bool:
    """Whether a moment is yet to come; one that is too far away was written by a clock that was wrong."""
    return now < again <= now + longest


def due(
    names: Iterable[str], served: Served, state: State, directory: str, renew_at: float, now: float
) -> Order | None:
    """What is to be asked for now; None: nothing.

    Args:
        names: as `choose` found them.
        served: the certificate there is.
        renew_at: when it is to be renewed.
    """
    if waits(state.again, now):
        return None
    wanted = list(names)
    waiting = {name for name in wanted if name in state.refused and waits(state.refused[name].again, now)}
    asked = tuple(name for name in wanted if name not in waiting)
    good = not served.is_stand_in and state.directory == directory and now < served.ends
    kept = frozenset(_kept(wanted, served, state, now)) if good else frozenset()
    if not asked or waiting & kept:
        return None
    recent = [moment for moment in state.issued if now - WEEK < moment <= now]
    # An authority whose advice is always "now" must not have a new one made every minute.
    early = now < renewal_time(served) and recent and now - recent[-1] < DAY
    if not good or (now >= renew_at and not early):
        return Order(asked, kept)
    new = frozenset(asked) - served.names
    if not new or len(recent) >= MOST_A_WEEK or (recent and now - recent[-1] < NEW_NAMES_S):
        return None
    return Order(asked, kept, new)


def _kept(wanted: Iterable[str], served: Served, state: State, now: float) -> Iterable[str]:
    """Names that are not given up yet: they failed a few times only, and there is time left."""
    if in_last_part(served, now):
        return ()
    return (
        name
        for name in wanted
        if name in served.names and (name not in state.refused or state.refused[name].failures < PATIENCE)
    )


def begun(state: State, now: float) -> State:
    """Before an attempt: a crash ends it like a failure, so that restarts do not ask too often."""
    return replace(state, again=now + step(ORDER_STEPS, state.failures))


def failed(state: State, reason: str, retry_after: float | None, now: float) -> State:
    """An attempt brought nothing."""
    wait = max(step(ORDER_STEPS, state.failures), min(retry_after or 0.0, DAY))
    since = state.failing_since if state.failing_since is not None else now
    return replace(state, failures=state.failures + 1, failing_since=since, failure=reason, again=now + wait)


def refused(state: State, reasons: Mapping[str, str], now: float) -> State:
    """Names failed."""
    more = dict(state.refused)
    for name, reason in reasons.items():
        failures = more[name].failures if name in more else 0
        more[name] = Refusal(reason, failures + 1, now + step(NAME_STEPS, failures))
    return replace(state, refused=more, again=0.0)


def issued(state: State, names: Iterable[str], directory: str, now: float) -> State:
    """There is a new certificate with these names."""
    got = set(names)
    recent = tuple(moment for moment in state.issued if now - WEEK < moment <= now)
    rest = {name: refusal for name, refusal in state.refused.items() if name not in got}
    return State(directory, rest, issued=(*recent, now))


def without_waiting(state: State) -> State:
    """As if everything that failed could be tried again now."""
    again = {name: replace(refusal, again=0.0) for name, refusal in state.refused.items()}
    return replace(state, refused=again, again=0.0)


def step(steps: tuple[float, ...], failures: int) -> float:
    """How long to wait after so many failures before this one."""
    return steps[min(failures, len(steps) - 1)]


def is_serious(state: State, served: Served, directory: str, now: float) -> bool:
    """Whether people have to hear that the last attempt failed."""
    if not state.failures:
        return False
    if served.is_stand_in or state.directory != directory or in_last_part(served, now):
        return True
    return state.failing_since is not None and now - state.failing_since >= TOLD_AFTER
