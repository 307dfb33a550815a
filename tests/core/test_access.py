"""Who may what: the one rule, over every right there is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.access import (
    NOT_FOR_MACHINES,
    OWNER_RIGHTS,
    PROJECT_TOKEN_RIGHTS,
    Actor,
    Audience,
    Forbidden,
    Right,
    may,
    require,
)
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from tests.support.actors import MACHINE, OWNER, STRANGER, with_only, without


@dataclass
class Thing:
    organisation: int


MINE, THEIRS = Thing(OWNER.organisation), Thing(STRANGER.organisation)

rights = st.sampled_from(Right)
some_rights = st.frozensets(rights)
organisations = st.integers(1, 3)
user_ids = st.none() | st.integers(1, 3)
actors = st.builds(Actor, organisations, some_rights, user_ids)
audiences = st.builds(Audience, organisations, rights, user_ids, st.none() | rights)


def hears(actor: Actor, audience: Audience) -> bool:
    """What an audience means: of that organisation, may see it, is that one, is not left out."""
    conditions = [
        actor.organisation == audience.organisation,
        audience.right in actor.rights,
        audience.user_id is None or audience.user_id == actor.user_id,
        audience.also is None or audience.also in actor.rights,
        audience.unless is None or audience.unless not in actor.rights,
    ]
    return all(conditions)


@pytest.mark.parametrize("right", Right)
def test_the_right_is_needed_and_enough(right: Right) -> None:
    for actor in (OWNER, with_only(right)):
        require(actor, right)
        require(actor, right, MINE)
        assert may(actor, right) and may(actor, right, MINE)
    for thing in (None, MINE, THEIRS):
        with pytest.raises(Forbidden) as refused:
            require(without(right), right, thing, refusal="There is none.")
        assert refused.value.as_answer() == {"ok": False, "msg": "Permission denied."}
        assert refused.value.status == 403
        assert not may(without(right), right, thing)


@pytest.mark.parametrize("right", Right)
def test_what_others_have_is_refused_in_the_words_of_the_door(right: Right) -> None:
    for actor, thing in ((OWNER, THEIRS), (STRANGER, MINE)):
        with pytest.raises(UserError) as refused:
            require(actor, right, thing)
        assert not isinstance(refused.value, Forbidden)
        assert refused.value.as_answer() == {"ok": False, "msg": "Permission denied."}
        with pytest.raises(UserError) as refused:
            require(actor, right, thing, refusal="There is none.")
        assert refused.value.as_answer() == {"ok": False, "msg": "There is none."}
        assert not may(actor, right, thing)


@given(actors, rights, st.none() | st.builds(Thing, organisations))
def test_require_lets_pass_what_may_says(actor: Actor, right: Right, thing: Thing | None) -> None:
    allowed = right in actor.rights and (thing is None or thing.organisation == actor.organisation)
    assert may(actor, right, thing) is allowed
    if allowed:
        require(actor, right, thing)
    else:
        with pytest.raises(UserError):
            require(actor, right, thing)


@given(actors, rights, some_rights)
def test_more_rights_never_open_less(actor: Actor, right: Right, more: frozenset[Right]) -> None:
    richer = replace(actor, rights=actor.rights | more)
    assert not may(actor, right, MINE) or may(richer, right, MINE)


def test_machines_are_told_what_would_help() -> None:
    for right in OWNER_RIGHTS - PROJECT_TOKEN_RIGHTS:
        with pytest.raises(Forbidden) as refused:
            require(MACHINE, right)
        assert str(refused.value) == NOT_FOR_MACHINES


def test_a_project_token_is_no_key_to_more() -> None:
    """It can make no tokens, log in nobody, see and change none of the monitors."""
    assert {right.partition(".")[0] for right in PROJECT_TOKEN_RIGHTS} == {
        "servers",
        "incidents",
        "notifications",
        "status-pages",
    }
    assert Right.STATUS_PAGES_EDIT not in PROJECT_TOKEN_RIGHTS


def test_owners_may_everything() -> None:
    assert frozenset(Right) == OWNER_RIGHTS


def test_who_made_it_is_a_person() -> None:
    assert OWNER.author == 1
    with pytest.raises(AssertionError):
        _ = MACHINE.author


@given(actors, rights)
def test_everybody_and_myself(actor: Actor, right: Right) -> None:
    everybody = actor.everybody(right)
    assert everybody == Audience(actor.organisation, right)
    assert hears(actor, everybody) is (right in actor.rights)
    assert actor.myself(right) == replace(everybody, user_id=actor.user_id)


@given(audiences, rights, actors)
def test_the_parts_of_an_audience_tell_everybody_once_and_secrets_to_editors_only(
    audience: Audience, edit: Right, actor: Actor
) -> None:
    audience = replace(audience, also=None, unless=None)
    editors, viewers = audience.parted(edit)
    sees = hears(actor, audience)
    assert hears(actor, editors) <= (sees and edit in actor.rights)
    assert not (hears(actor, editors) and hears(actor, viewers))
    if sees:
        assert hears(actor, editors) or hears(actor, viewers)
        assert hears(actor, viewers) is (edit not in actor.rights)


@given(audiences, rights)
def test_the_parts_stay_in_the_organisation_and_with_the_person(audience: Audience, edit: Right) -> None:
    for part in audience.parted(edit):
        assert (part.organisation, part.user_id) == (audience.organisation, audience.user_id)


def test_whatever_can_be_changed_can_be_viewed() -> None:
    """Rights are called `<kind of things>.<what one may>`; two concern no kind of things."""
    verbs = {str(right).partition(".")[2] for right in Right} - {""}
    assert verbs == {"view", "edit", "push", "report", "respond"}
    assert {right for right in Right if "." not in right} == {Right.ACCOUNT, Right.OWNER}
    for right in Right:
        kind, _, verb = right.partition(".")
        assert verb in ("", "view") or f"{kind}.view" in set(Right)
