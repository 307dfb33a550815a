"""Things as documents that a file can hold: what differs from the defaults, in the words of the options.

Other things are named by their keys (`Resource.keys`) instead of their numbers, and secrets stand elsewhere:
`{"$secret": "proxies/office:3128/password"}` says where.

documents = await Documents.of(resources, actor)
document = documents.to_document(resource, thing)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from kuma_lite.core.access import Actor, Owned
from kuma_lite.core.errors import UserError
from kuma_lite.core.resources import GONE, Document, Id, Resource, Resources, changed_at

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

SECRET: Final = "$secret"  # noqa: S105 - a key of documents
_SCALARS: Final = (str, int, float)
_EMPTY: Final = (None, "")  # no secret is kept there

# Where a secret stands → the secret. Raises LookupError.
Secrets = Callable[[str], Any]


class Field(Struct, frozen=True):
    """An option as documents have it."""

    key: str  # on the wire
    name: str  # in documents
    default: Any
    secret: bool
    learned: bool


@lru_cache(maxsize=256)
def fields_of(models: tuple[type[Options], ...]) -> Mapping[str, Field]:
    """Key on the wire → field, of all that the models declare."""
    found = {}
    for model in models:
        names = {info.alias or name: name for name, info in model.model_fields.items()}
        for key, (info, words) in model.words().items():
            default = info.get_default(call_default_factory=True)
            found[key] = Field(key, names[key], default, words.secret, words.learned)
    return found


def keyed(resource: Resource[Any], document: Mapping[str, Any]) -> Document:
    """A document by the keys of the wire instead of names, complete: what it leaves out has its default.

    What checks learn is complete without.

    Raises:
        UserError: a field is unknown; `field` in its extra says which.
    """
    fields = fields_of(tuple(resource.options(document)))
    keys = {field.name: key for key, field in fields.items()}
    wire = {key: deepcopy(default_of(resource, field)) for key, field in fields.items() if not field.learned}
    for name, value in document.items():
        key = keys.get(name, name)
        if key not in fields and resource.undeclared(document, key) is None:
            raise UserError(
                "A {shown_name} has no field “{name}”.",
                shown_name=resource.shown_name,
                name=name,
                extra={"field": name},
            )
        wire[key] = value
    return wire


def look_through(resource: Resource[Any], wire: Document) -> None:
    """Let numbers and texts be what their options are: "60" becomes 60.

    Raises:
        UserError: a value does not fit its option; `field` in its extra is the option's name.
    """
    models = tuple(resource.options(wire))
    for model in models:
        try:
            read = model.read(wire)
            for key, option in fields_of((model,)).items():
                value, typed = wire.get(key), getattr(read, option.name)
                if (
                    isinstance(value, _SCALARS)
                    and isinstance(typed, _SCALARS)
                    and type(value) is not type(typed)
                ):
                    wire[key] = typed
        except UserError as error:
            key = str(error.arguments.get("key", ""))
            about = fields_of(models).get(key)
            error.extra["field"] = about.name if about else key
            raise


def field_of(resource: Resource[Any], wire: Mapping[str, Any], error: UserError) -> str:
    """The name of the field that an error is about; "" where it does not say."""
    told = error.extra.get("field")
    key = told if isinstance(told, str) else error.about
    field = fields_of(tuple(resource.options(wire))).get(key)
    return field.name if field else key


def default_of(resource: Resource[Any], field: Field) -> Any:
    """The value of an option that a document leaves out."""
    return resource.defaults.get(field.key, field.default)


class Documents:
    """Between things and documents, as long as nothing is added or renamed.

    Args:
        resources: all kinds.
        keys: resource → id → key.
    """

    def __init__(self, resources: Resources, keys: Mapping[str, Mapping[Id, str]]) -> None:
        self._resources = resources
        self._keys = {name: dict(known) for name, known in keys.items()}
        self._ids = {name: {key: number for number, key in known.items()} for name, known in keys.items()}

    @classmethod
    async def of(cls, resources: Resources, actor: Actor) -> Documents:
        """Those of an organisation."""
        return cls(resources, {resource.name: await resource.keys(actor) for resource in resources})

    def learn(self, resource: str, key: str, number: Id) -> None:
        """Documents name a thing by this key from now on, and no other thing."""
        self._keys[resource][number] = key
        self._ids[resource][key] = number

    def key_of(self, resource: Resource[Any], thing: Owned) -> str:
        """By what documents name a thing."""
        return self._keys[resource.name][resource.identify(thing)]

    def id_of(self, resource: str, key: str) -> Id | None:
        """Whom documents name so; None: nobody."""
        return self._ids[resource].get(key)

    def to_document(self, resource: Resource[Any], thing: Owned) -> Document:
        """A thing as a document; never with a secret in it."""
        return self.described(resource, resource.keeper.document(thing), self.key_of(resource, thing))

    def described(self, resource: Resource[Any], wire: Document, key: str) -> Document:
        """What `Keeper.document` gives, as the document of the thing with that key."""
        return {name: value for name, value, _ in self._entries(resource, wire, key)}

    def secrets_of(self, resource: Resource[Any], thing: Owned) -> dict[str, Any]:
        """Where in the document of a thing a secret stands → the secret."""
        entries = self._entries(resource, resource.keeper.document(thing), self.key_of(resource, thing))
        return {value[SECRET]: secret for _, value, secret in entries if secret is not None}

    def from_document(
        self, resource: Resource[Any], document: Mapping[str, Any], secrets: Secrets
    ) -> Document:
        """What `Resource.create` and `replace` take, complete.

        Raises:
            UserError: a field is unknown or does not fit, it names what there is not, or a secret is not
                given; `field` in its extra says which.
        """
        fields = fields_of(tuple(resource.options(document)))
        wire = {
            key: _revealed(value, fields[key].name if key in fields else key, secrets)
            for key, value in keyed(resource, document).items()
        }
        for reference in resource.references:
            wire = changed_at(wire, reference.path, self._id_in(reference.resource, reference.path))
        look_through(resource, wire)
        return wire

    def _entries(
        self, resource: Resource[Any], wire: Document, thing_key: str
    ) -> Iterator[tuple[str, Any, Any]]:
        """Name, value and, where that only says where the secret stands, the secret."""
        fields = fields_of(tuple(resource.options(wire)))
        where = f"{resource.plural}/{_escaped(thing_key)}"
        for reference in resource.references:
            wire = changed_at(wire, reference.path, self._key_in(reference.resource))
        # In the order of the form, in whatever order a client has sent it: twins are equal byte by byte.
        for key in (*(key for key in fields if key in wire), *sorted(wire.keys() - fields.keys())):
            value, field = wire[key], fields.get(key)
            hidden = field.secret if field else resource.undeclared(wire, key)
            if hidden is None or (field and (field.learned or value == default_of(resource, field))):
                continue
            if not field and key in resource.defaults and value == resource.defaults[key]:
                continue
            name = field.name if field else key
            if (hidden and value not in _EMPTY) or _tells_of_secrets(value):
                yield name, {SECRET: f"{where}/{name}"}, value
            else:
                yield name, value, None

    def _key_in(self, resource: str) -> Callable[[Any], Any]:
        known = self._keys[resource]
        return lambda number: None if number is None else known.get(number, GONE)

    def _id_in(self, resource: str, path: str) -> Callable[[Any], Any]:
        known, label = self._ids[resource], self._resources[resource].shown_name

        def id_of(key: Any) -> Any:
            if key is None:
                return None
            if not isinstance(key, str) or key not in known:
                raise UserError("There is no {label} “{key}”.", label=label, key=key, extra={"field": path})
            return known[key]

        return id_of


def _escaped(key: str) -> str:
    """A key as one step of a path."""
    return key.replace("%", "%25").replace("/", "%2F")


def _tells_of_secrets(value: Any) -> bool:
    """Whether something in it looks as if a secret stood elsewhere."""
    if isinstance(value, Mapping):
        return SECRET in value or any(map(_tells_of_secrets, value.values()))
    return isinstance(value, list | tuple) and any(map(_tells_of_secrets, value))


def _revealed(value: Any, name: str, secrets: Secrets) -> Any:
    """A value with the secrets that stand elsewhere. Raises UserError."""
    if isinstance(value, Mapping):
        if set(value) == {SECRET}:
            try:
                return secrets(value[SECRET])
            except LookupError:
                where = value[SECRET]
                raise UserError(
                    "The secret “{where}” is not given.", where=where, extra={"field": name}
                ) from None
        return {key: _revealed(item, name, secrets) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_revealed(item, name, secrets) for item in value]
    return value
