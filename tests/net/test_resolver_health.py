"""Whether the resolver is why a name has no address."""

from __future__ import annotations

from kuma_lite.core.clock import ManualClock
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.resolver_health import HANGING_S, ResolverHealth, domain


class Names:
    """A resolver that knows names, and may be asked no more."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.broken: set[str] = set()  # domains whose servers are gone
        self.works = True
        self.asked: list[str] = []
        self.health = ResolverHealth(self.clock, self.ask)

    async def ask(self, host: str) -> None:
        self.asked.append(host)
        self.look_up(host)

    def look_up(self, host: str, takes: float = 0.01) -> None:
        """Raises NetworkError."""
        self.health.asked(host)
        self.clock.advance(takes)
        code = "EAI_AGAIN" if not self.works or domain(host) in self.broken else None
        self.health.answered(host, code)
        if code is not None:
            raise NetworkError(code, code, ErrorKind.DNS)

    async def blamed(self, host: str, takes: float = 0.01) -> bool:
        """Whether a failed check of the host is put down to the resolver."""
        began = self.clock.monotonic()
        try:
            self.look_up(host, takes)
        except NetworkError:
            pass
        else:
            self.clock.advance(3)
        return await self.health.explains(host, began, self.clock.monotonic())


async def test_a_name_that_was_found_fast_is_no_excuse() -> None:
    names = Names()
    assert not await names.blamed("a.example")
    assert not await names.blamed("192.0.2.1")


async def test_several_domains_at_once_are_the_resolvers() -> None:
    names = Names()
    names.works = False
    assert not await names.blamed("a.one.example")
    assert await names.blamed("b.two.test")
    assert await names.blamed("a.one.example")
    assert names.health.outages.since is not None
    names.works = True
    assert not await names.blamed("c.three.test")
    assert names.health.outages.since is None


async def test_where_all_names_are_of_one_domain_they_are_each_others_witnesses() -> None:
    names = Names()
    names.look_up("a.one.example")
    names.look_up("b.one.example")
    names.works = False
    assert await names.blamed("a.one.example")
    assert names.asked == ["b.one.example"]


async def test_names_of_one_domain_count_once() -> None:
    names = Names()
    names.look_up("known.test")
    names.broken = {"one.example"}
    for host in ("a.one.example", "b.one.example", "c.one.example"):
        assert not await names.blamed(host)
    assert names.asked == ["known.test"] * 3
    assert names.health.outages.since is None


async def test_of_a_single_name_others_are_asked_again() -> None:
    names = Names()
    for host in ("w.known.test", "other.example", "third.example", "own.example"):
        names.look_up(host)
    names.works = False
    assert await names.blamed("own.example")
    assert names.asked == ["third.example", "other.example"]
    names.works = True
    names.broken = {"own.example"}
    names.look_up("w.known.test")
    names.clock.advance(60)
    assert not await names.blamed("own.example")


async def test_without_any_other_name_a_long_wait_is_the_resolvers() -> None:
    names = Names()
    names.works = False
    assert not await names.blamed("only.example")
    assert await names.blamed("only.example", takes=10)


async def test_without_any_other_name_a_lookup_that_hangs_is_the_resolvers() -> None:
    names = Names()
    began = names.clock.monotonic()
    names.health.asked("only.example")
    names.clock.advance(3)
    assert await names.health.explains("only.example", began, names.clock.monotonic())


async def test_lookups_that_hang_count_before_they_end() -> None:
    names = Names()
    began = names.clock.monotonic()
    names.health.asked("a.one.example")
    names.health.asked("b.two.test")
    names.clock.advance(HANGING_S / 2)
    assert not await names.health.explains("c.three.test", began, names.clock.monotonic())
    names.clock.advance(HANGING_S)
    assert await names.health.explains("a.one.example", began, names.clock.monotonic())


async def test_a_check_that_ends_with_the_outage_is_not_believed() -> None:
    names = Names()
    names.works = False
    began = names.clock.monotonic()
    await names.blamed("b.two.test")
    await names.blamed("c.three.test")
    names.works = True
    names.look_up("a.one.example", takes=7)
    names.clock.advance(0.5)
    assert await names.health.explains("a.one.example", began, names.clock.monotonic())
