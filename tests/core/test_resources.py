"""What is shared by all things that people keep, over a keeper in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.access import Actor, Forbidden, Right
from kuma_lite.core.declarations import Kind
from kuma_lite.core.errors import UserError
from kuma_lite.core.options import Options, option
from kuma_lite.core.resource_documents import SECRET, Documents, fields_of
from kuma_lite.core.resources import (
    CREATE,
    DELETE,
    Document,
    Missing,
    Reference,
    Resource,
    Resources,
    changed_at,
    merged,
    unique,
    values_at,
)

VIEW, EDIT = Right.TAGS_VIEW, Right.TAGS_EDIT
OWNER = Actor(1, frozenset({VIEW, EDIT, Right.PROXIES_VIEW, Right.PROXIES_EDIT}), 1)
VIEWER = Actor(1, frozenset({VIEW}), 2)
STRANGER = Actor(2, OWNER.rights, 3)


class PierOptions(Options):
    name: str = option("", label="Name", kind=Kind.TEXT)


class BoatOptions(Options):
    name: str = option("", label="Name", kind=Kind.TEXT)
    top_speed: int = option(7, alias="topSpeed", label="Top speed", kind=Kind.NUMBER)
    code: str = option("", alias="accessCode", label="Code", kind=Kind.PASSWORD, secret=True)
    keys: Any = option(None, label="Keys", kind=Kind.JSON, secret=True)
    pier: int | None = option(None, alias="pierId", label="Pier", kind=Kind.NUMBER)
    route: Any = option([], label="Route", kind=Kind.LIST)
    notes: Any = option(None, label="Notes", kind=Kind.JSON)


@dataclass
class Thing:
    id: int
    organisation: int
    document: Document = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.document.get("name") or "")


class Memory:
    """A keeper that keeps documents as they come; `slow` lets others run in the middle of a change."""

    def __init__(self) -> None:
        self.things: dict[int, Thing] = {}
        self.slow = False

    async def all(self, actor: Actor) -> list[Thing]:
        return [thing for thing in self.things.values() if thing.organisation == actor.organisation]

    async def find(self, _actor: Actor, key: Any) -> Thing | None:
        return self.things.get(int(key)) if str(key).isdecimal() else None

    def document(self, thing: Thing) -> Document:
        return dict(thing.document)

    async def create(self, actor: Actor, document: Any) -> Thing:
        number = len(self.things) + 1
        self.things[number] = Thing(number, actor.organisation, dict(document))
        return self.things[number]

    async def replace(self, _actor: Actor, thing: Thing, document: Any) -> Thing:
        if self.slow:
            await asyncio.sleep(0)
        self.things[thing.id] = Thing(thing.id, thing.organisation, dict(document))
        return self.things[thing.id]

    async def delete(self, _actor: Actor, thing: Thing) -> None:
        if self.slow:
            await asyncio.sleep(0)
        del self.things[thing.id]


def piers(**changes: Any) -> Resource[Thing]:
    described: dict[str, Any] = {
        "name": "pier",
        "plural": "piers",
        "view": Right.PROXIES_VIEW,
        "edit": Right.PROXIES_EDIT,
        "keeper": Memory(),
        "options": lambda _: (PierOptions,),
        "title": lambda thing: thing.name,
    }
    return Resource(**{**described, **changes})


def _undeclared(_document: Mapping[str, Any], key: str) -> bool | None:
    return {"flag": False, "hoard": True, "stays": False}.get(key)


def boats(**changes: Any) -> Resource[Thing]:
    references = (Reference("pierId", "pier"), Reference("route[]", "pier"), Reference("stays[].at", "pier"))
    described: dict[str, Any] = {
        "name": "boat",
        "plural": "boats",
        "label": "house boat",
        "view": VIEW,
        "edit": EDIT,
        "options": lambda _: (BoatOptions,),
        "references": references,
        "undeclared": _undeclared,
    }
    return piers(**{**described, **changes})


# --- what can be done --------------------------------------------------------------------------------------


async def test_the_way_of_a_thing() -> None:
    resource = boats()
    made = await resource.create(OWNER, {"name": "Anna", "topSpeed": 9})
    assert await resource.list(OWNER) == [made]
    assert await resource.get(OWNER, str(made.id)) is made
    patched = await resource.patch(OWNER, made.id, {"topSpeed": None, "notes": {"a": 1}})
    assert patched.document == {"name": "Anna", "notes": {"a": 1}}
    replaced = await resource.replace(OWNER, made.id, {"name": "Berta"})
    assert replaced.document == {"name": "Berta"}
    assert (await resource.delete(OWNER, made.id)).name == "Berta"
    assert await resource.list(OWNER) == []


async def test_what_is_not_there_is_missing_and_what_is_anothers_too() -> None:
    resource = boats()
    made = await resource.create(OWNER, {"name": "Anna"})
    for actor, key in ((OWNER, 99), (OWNER, "x"), (OWNER, None), (STRANGER, made.id)):
        for deed in (
            resource.get(actor, key),
            resource.replace(actor, key, {}),
            resource.patch(actor, key, {}),
            resource.delete(actor, key),
        ):
            with pytest.raises(Missing) as caught:
                await deed
            assert (caught.value.message, caught.value.status) == ("The house boat does not exist.", 404)
    assert await resource.list(STRANGER) == []
    assert await resource.list(OWNER) == [made]


async def test_rights() -> None:
    resource = boats()
    made = await resource.create(OWNER, {"name": "Anna"})
    assert await resource.list(VIEWER) == [made]
    assert await resource.get(VIEWER, made.id) is made
    nobody = Actor(1, frozenset({EDIT}))
    for deed in (
        resource.list(nobody),
        resource.get(nobody, made.id),
        resource.get(VIEWER, made.id, EDIT),
        resource.create(VIEWER, {}),
        resource.replace(VIEWER, made.id, {}),
        resource.patch(VIEWER, made.id, {}),
        resource.delete(VIEWER, made.id),
        resource.delete(VIEWER, 99),
    ):
        with pytest.raises(Forbidden):
            await deed
    assert await resource.list(OWNER) == [made]


async def test_what_a_kind_cannot_do() -> None:
    resource = boats(can=frozenset({CREATE}))
    made = await resource.create(OWNER, {})
    for deed in (
        resource.replace(OWNER, made.id, {}),
        resource.patch(OWNER, made.id, {}),
        resource.delete(OWNER, made.id),
    ):
        with pytest.raises(UserError) as caught:
            await deed
        assert caught.value.status == 405
    with pytest.raises(UserError, match="Nobody can create a house boat"):
        await boats(can=frozenset({DELETE})).create(OWNER, {})


@pytest.mark.parametrize("changes", [None, [], "x", 1])
async def test_a_patch_is_an_object(changes: Any) -> None:
    resource = boats()
    made = await resource.create(OWNER, {})
    with pytest.raises(UserError, match="The house boat must be an object."):
        await resource.patch(OWNER, made.id, changes)


async def test_of_two_patches_at_once_both_count() -> None:
    keeper = Memory()
    resource = boats(keeper=keeper)
    made = await resource.create(OWNER, {"name": "Anna"})
    keeper.slow = True
    await asyncio.gather(
        *(resource.patch(OWNER, made.id, {"notes": {str(number): number}}) for number in range(5))
    )
    assert keeper.things[made.id].document["notes"] == {str(number): number for number in range(5)}
    gone = await asyncio.gather(
        resource.delete(OWNER, made.id), resource.patch(OWNER, made.id, {}), return_exceptions=True
    )
    assert isinstance(gone[1], Missing)
    assert not resource._turns, "nobody waits for what is gone"


# The examples of RFC 7396, appendix A.
@pytest.mark.parametrize(
    ("document", "changes", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch(document: Any, changes: Any, result: Any) -> None:
    assert merged(document, changes) == result


@given(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "b", ""])))
def test_keys_are_unique_and_the_first_of_a_name_has_it(titles: list[str]) -> None:
    keys = unique(titles)
    assert len(set(keys)) == len(keys) == len(titles)
    for title in set(titles):
        assert keys[titles.index(title)] == title
    assert all(key == title or key.startswith(f"{title} (") for key, title in zip(keys, titles, strict=True))


async def test_what_has_no_title_is_called_by_its_kind() -> None:
    resource = piers()
    for name in ("", "North", "North", "pier"):
        await resource.create(OWNER, {"name": name})
    assert list((await resource.keys(OWNER)).values()) == ["pier", "North", "North (2)", "pier (2)"]


def test_paths() -> None:
    document = {"one": 1, "many": [1, 2], "deep": [{"in": [{"id": 3}, {"id": None}, {}]}, {"in": None}]}
    assert values_at(document, "one") == [1]
    assert values_at(document, "many[]") == [1, 2]
    assert values_at(document, "deep[].in[].id") == [3, None]
    assert values_at(document, "none") == values_at(document, "one[]") == values_at(document, "one.x") == []
    assert changed_at(document, "many[]", lambda number: number * 10)["many"] == [10, 20]
    assert document["many"] == [1, 2]


# --- who uses what -----------------------------------------------------------------------------------------


@pytest.fixture
async def harbour() -> Resources:
    pier, boat = piers(), boats()
    for name in ("North", "South"):
        await pier.create(OWNER, {"name": name})
    await pier.create(STRANGER, {"name": "Far"})
    await boat.create(OWNER, {"name": "Anna", "pierId": 1})
    await boat.create(OWNER, {"name": "Berta", "route": [2, 1]})
    await boat.create(OWNER, {"name": "Clara", "stays": [{"at": 2, "days": 3}], "notes": [1]})
    await boat.create(STRANGER, {"name": "Dora", "pierId": 3})
    return Resources([pier, boat])


async def test_who_uses_a_thing(harbour: Resources) -> None:
    assert await harbour.users_of(OWNER, "pier", 1) == [("boat", 1, "Anna"), ("boat", 2, "Berta")]
    assert await harbour.users_of(OWNER, "pier", "2") == [("boat", 2, "Berta"), ("boat", 3, "Clara")]
    assert await harbour.users_of(OWNER, "boat", 1) == []
    assert await harbour.users_of(STRANGER, "pier", 3) == [("boat", 4, "Dora")]
    with pytest.raises(Missing):
        await harbour.users_of(STRANGER, "pier", 1)
    with pytest.raises(Forbidden):
        await harbour.users_of(VIEWER, "pier", 1)
    only_piers = Actor(1, frozenset({Right.PROXIES_VIEW}))
    assert await harbour.users_of(only_piers, "pier", 1) == [], "what one may not see is not told"


# --- documents ---------------------------------------------------------------------------------------------


async def test_a_document_has_names_keys_and_no_secrets(harbour: Resources) -> None:
    boat = harbour["boat"]
    made = await boat.create(
        OWNER,
        {"name": "A/B 100%", "topSpeed": 7, "accessCode": "s3cret", "keys": {"box": "s3cret"}, "pierId": 2,
         "stays": [{"at": 1, "days": 3}], "hoard": "s3cret", "flag": True, "odd": "s3cret"},
    )  # fmt: skip
    documents = await Documents.of(harbour, OWNER)
    assert documents.to_document(boat, made) == {
        "name": "A/B 100%",
        "code": {SECRET: "boats/A%2FB 100%25/code"},
        "keys": {SECRET: "boats/A%2FB 100%25/keys"},
        "pier": "South",
        "stays": [{"at": "North", "days": 3}],
        "hoard": {SECRET: "boats/A%2FB 100%25/hoard"},
        "flag": True,
    }
    assert documents.secrets_of(boat, made) == {
        "boats/A%2FB 100%25/code": "s3cret",
        "boats/A%2FB 100%25/keys": {"box": "s3cret"},
        "boats/A%2FB 100%25/hoard": "s3cret",
    }


async def test_what_names_nothing_any_more_is_left_out(harbour: Resources) -> None:
    made = await harbour["boat"].create(
        OWNER, {"name": "E", "pierId": 3, "route": [1, 99], "stays": [{"at": 99}, {"at": 1}]}
    )
    documents = await Documents.of(harbour, OWNER)
    assert documents.to_document(harbour["boat"], made) == {
        "name": "E",
        "route": ["North"],
        "stays": [{"at": "North"}],
    }


@pytest.mark.parametrize(
    ("document", "at", "sentence"),
    [
        ({"speed": 1}, "speed", "A house boat has no field “speed”."),
        ({"pier": "West"}, "pierId", "There is no pier “West”."),
        ({"pier": 1}, "pierId", "There is no pier “1”."),
        ({"route": ["North", "West"]}, "route[]", "There is no pier “West”."),
        ({"code": {SECRET: "boats/x/code"}}, "code", "The secret “boats/x/code” is not given."),
        ({"topSpeed": "fast"}, "top_speed", "topSpeed: "),
    ],
)
async def test_what_is_wrong_with_a_document(
    harbour: Resources, document: Document, at: str, sentence: str
) -> None:
    documents = await Documents.of(harbour, OWNER)
    with pytest.raises(UserError) as caught:
        documents.from_document(harbour["boat"], document, {}.__getitem__)
    assert caught.value.message.startswith(sentence)
    assert caught.value.extra == {"field": at}


def test_defaults_are_nobodys_to_change() -> None:
    documents = Documents(Resources([boats(), piers()]), {"boat": {}, "pier": {}})
    first = documents.from_document(boats(), {}, {}.__getitem__)
    first["route"].append("x")
    assert documents.from_document(boats(), {}, {}.__getitem__)["route"] == []


_texts = st.text(max_size=8)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts | st.just(SECRET), inner, max_size=3),
    max_leaves=6,
)
_secrets = st.integers(10**9, 10**10).map(lambda number: f"secret-{number}")
_boats = st.fixed_dictionaries(
    {"name": _texts},
    optional={
        "topSpeed": st.integers(0, 99),
        "accessCode": _secrets | st.just(""),
        "keys": st.none() | st.fixed_dictionaries({"inner": _secrets}),
        "pierId": st.none() | st.integers(1, 3),
        "route": st.lists(st.integers(1, 3), max_size=4),
        "stays": st.lists(st.fixed_dictionaries({"at": st.integers(1, 3), "days": _json}), max_size=2),
        "notes": _json,
        "hoard": _secrets,
        "flag": _json,
    },
)


@given(names=st.lists(_texts, min_size=3, max_size=3), kept=st.lists(_boats, min_size=1, max_size=3))
def test_there_and_back(names: Sequence[str], kept: Sequence[Document]) -> None:
    """What a document says, with its secrets, is the thing again; and it says no secret, and no default."""
    defaults = {key: field.default for key, field in fields_of((BoatOptions,)).items()}

    async def walk() -> None:
        harbour = Resources([piers(), boats()])
        for name in names:
            await harbour["pier"].create(OWNER, {"name": name})
        things = [await harbour["boat"].create(OWNER, document) for document in kept]
        documents = await Documents.of(harbour, OWNER)
        for thing in things:
            document = documents.to_document(harbour["boat"], thing)
            assert "secret-" not in json.dumps(document)
            assert ("top_speed" in document) is (thing.document.get("topSpeed", 7) != 7)
            secrets = documents.secrets_of(harbour["boat"], thing)
            again = documents.from_document(harbour["boat"], document, secrets.__getitem__)
            assert again == {**defaults, **thing.document}

    asyncio.run(walk())
