"""The OpenAPI document as a page for people. Pure: nothing is loaded from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_MOST_EXAMPLES: Final = 3  # of a body beside the first; the others stand with their types
_REF: Final = "#/components/schemas/"
_INTRO: Final = """\
<h1>Kuma Lite API</h1>
<p>Everything that people keep can be read and changed over HTTP, with an API key or a token:
<code>Authorization: Bearer …</code>. Lists come a page at a time, <code>ETag</code> and
<code>If-Match</code> keep two editors apart, an <code>Idempotency-Key</code> keeps a repeated POST from
doing a thing twice, and refusals are problem documents (RFC 9457). Each token may make a number of
requests a minute, which <code>RateLimit-*</code> tells.</p>
<p><a href="openapi.json">The OpenAPI document</a></p>
"""


def docs_page(document: Mapping[str, Any]) -> str:
    """The whole page."""
    groups: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                group = (item[method].get("tags") or ["Others"])[0]
                groups.setdefault(group, []).append((method, path, item[method]))
    schemas = document["components"]["schemas"]
    navigation = "".join(_navigation(group, groups[group]) for group in sorted(groups))
    sections = "".join(_section(group, groups[group]) for group in sorted(groups))
    shapes = "".join(_schema(name, schemas) for name in sorted(schemas))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<title>Kuma Lite API</title>\n<link rel="stylesheet" href="docs/style.css">\n'
        '<script src="docs/script.js" defer></script>\n</head>\n<body>\n'
        '<nav aria-label="Operations">\n<form hidden role="search">'
        '<label for="search" class="soft">Search</label><input id="search" type="search" autocomplete="off">'
        '<p id="found" class="soft" role="status"></p></form>\n'
        f'{navigation}<h2><a href="#schemas">Schemas</a></h2>\n</nav>\n<main>\n{_INTRO}{sections}'
        f'<section id="schemas"><h2>Schemas</h2>\n{shapes}</section>\n</main>\n</body>\n</html>\n'
    )


def _navigation(group: str, operations: list[tuple[str, str, Mapping[str, Any]]]) -> str:
    links = "".join(
        f'<li><a href="#{escape(operation["operationId"])}">{escape(_summary(operation))}</a></li>'
        for _, _, operation in operations
    )
    return f"<h2>{escape(group)}</h2>\n<ul>{links}</ul>\n"


def _section(group: str, operations: list[tuple[str, str, Mapping[str, Any]]]) -> str:
    shown = "".join(_operation(method, path, operation) for method, path, operation in operations)
    return f"<section><h2>{escape(group)}</h2>\n{shown}</section>\n"


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    verb = method.upper()
    parts = [
        f'<article id="{escape(operation["operationId"])}">\n<h3><span class="method {verb}">{verb}</span>'
        f"<code>{escape(path)}</code></h3>\n",
        *(f"<p>{_prose(part)}</p>\n" for part in _texts(operation)),
        _parameters(operation.get("parameters") or ()),
        _body(method, path, operation),
        *(_answer(status, answer) for status, answer in operation["responses"].items()),
        "</article>\n",
    ]
    return "".join(parts)


def _texts(operation: Mapping[str, Any]) -> list[str]:
    text = operation.get("description") or operation.get("summary") or ""
    return [part for part in text.split("\n\n") if part.strip()]


def _summary(operation: Mapping[str, Any]) -> str:
    words = str(operation["operationId"]).replace("_", " ")
    return words[:1].upper() + words[1:]


def _prose(text: str) -> str:
    """A text whose words between backticks are code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _parameters(parameters: Any) -> str:
    if not parameters:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one['in'])}</td>"
        f"<td>{escape(_kind(one.get('schema', {})))}</td><td>{_prose(one.get('description') or '')}</td></tr>"
        for one in parameters
    )
    return _table("Parameters", ("Name", "In", "Type", "What it is"), rows)


def _table(title: str, heads: tuple[str, ...], rows: str) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        f'<h4>{title}</h4>\n<div class="table" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>\n"
    )


def _body(method: str, path: str, operation: Mapping[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    command = (
        f'curl -X {method.upper()} -H "Authorization: Bearer $KUMA_LITE_TOKEN" \\\n  $KUMA_LITE_URL{path}'
    )
    if not content:
        return f"<h4>Call</h4>\n{_pre(command)}"
    ((kind, media),) = list(content.items())[:1]
    examples = media.get("examples", {})
    first = _first(examples)
    told = f"{command} \\\n  -H 'Content-Type: {kind}' \\\n  -d '{_json(first)}'"
    more = [_folded(name, _pre(_json(example["value"]))) for name, example in list(examples.items())[1:]]
    others = "".join(more)
    if len(more) > _MOST_EXAMPLES:
        others = _folded(f"{len(more)} more examples, one of each type", others)
    return f"<h4>Body: {_shape(media.get('schema', {}))}</h4>\n{_pre(told)}{others}"


def _first(examples: Mapping[str, Any]) -> Any:
    return next((example["value"] for example in examples.values()), None)


def _folded(title: str, inner: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{inner}</details>\n"


def _pre(text: str) -> str:
    return f'<pre tabindex="0">{escape(text)}</pre>\n'


def _answer(status: str, answer: Mapping[str, Any]) -> str:
    content = answer.get("content") or {}
    if not status.startswith("2"):
        return ""
    shown = f"<h4>Answer {escape(status)}"
    for media in content.values():
        example = _first(media.get("examples", {}))
        text = example if isinstance(example, str) else _json(example)
        return f"{shown}: {_shape(media.get('schema', {}))}</h4>\n{_pre(text)}"
    return f"{shown}</h4>\n<p>{escape(answer.get('description') or '')}</p>\n"


def _schema(name: str, schemas: Mapping[str, Any]) -> str:
    schema = schemas[name]
    rows = "".join(_fields(schema))
    table = _table(f"Fields of {escape(name)}", ("Name", "Type", "What it is"), rows) if rows else ""
    based = "".join(f"<p>With {_shape(one)}.</p>\n" for one in schema.get("allOf", ()))
    types = ", ".join(_shape(one) for one in schema.get("oneOf", ()))
    listed = f"<p>By its <code>type</code> one of: {types}.</p>\n" if types else ""
    return (
        f'<article id="schema-{escape(name)}"><details><summary><b>{escape(name)}</b></summary>\n'
        f"{based}{listed}{table}</details></article>\n"
    )


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    required = schema.get("required") or ()
    for name, field in (schema.get("properties") or {}).items():
        notes = [_prose(field.get("description") or "")]
        notes += ["<b>Required.</b>"] if name in required else []
        notes += ["Never shown."] if field.get("writeOnly") else []
        notes += ["Only told."] if field.get("readOnly") else []
        notes += [f"Default: <code>{escape(_json(field['default']))}</code>."] if "default" in field else []
        notes += [f"Also <code>{escape(field['x-alias'])}</code>."] if "x-alias" in field else []
        shape = _shape(field)
        yield f"<tr><td><code>{escape(name)}</code></td><td>{shape}</td><td>{' '.join(notes)}</td></tr>"


def _shape(schema: Mapping[str, Any]) -> str:
    """A type, with a link where it is described; as HTML."""
    if "$ref" in schema:
        name = escape(schema["$ref"].removeprefix(_REF))
        return f'<a href="#schema-{name}">{name}</a>'
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " or ".join(_shape(one) for one in schema[word])
    if "items" in schema:
        return f"list of {_shape(schema['items'])}"
    return escape(_kind(schema))


def _kind(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return ", ".join(json.dumps(value) for value in schema["enum"])
    kinds = schema.get("type", "anything")
    return " or ".join(kinds) if isinstance(kinds, list) else str(kinds)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
