"""What the server says in English and the page translates: texts of declarations, sentences of the program.

A sentence is a template: what stands in braces is a value. `UserError("At most {count} monitors.", count=5)`
is one as it stands; of `f"There is no {name}."` it is what the page recognises it by. Found are the literals
that an error for people or a `msg` is made of, and all others that are written as a sentence; not those of
rooms that speak to terminals, logs or programs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from kuma_lite.core.declarations import NotificationService
from kuma_lite.core.registry import Registry
from kuma_lite.monitors.doors.routes import describe as describe_types
from kuma_lite.notifications import services
from kuma_lite.notifications.routes import describe as describe_services
from tests.requires import ROOT

PACKAGE: Final = ROOT / "kuma_lite"

# Names and codes, not words: the choices of these fields are written alike in every language.
NAMED: Final = frozenset(
    {
        "game",
        "barkSound",
        "pushSound",
        "pushoversounds",
        "pushoversounds_up",
        "smscTranslit",
        "splunkSeverity",
    }
)
_HAS_WORD: Final = re.compile(r"[A-Za-z]{2}")

SPOKEN: Final = frozenset(
    {
        "UserError",
        "CannotCheck",
        "DeliveryFailed",
        "TemplateFailed",
        "StorageTrouble",
        "Pm2Error",
        "SessionOver",
    }
)
# What the report of an import is made of: no whole sentences, often a single word.
LISTED: Final = frozenset({"said", "took", "leave", "remark"})
# Terminals, agents, schemas for programs, configuration, messages that are sent, pages for strangers.
SILENT: Final = (
    "agent/",
    "assistants/",
    "cli/",
    "core/config",
    "core/migrations/",
    "config_files/loading.py",
    "config_files/printing.py",
    "config_files/schema.py",
    "core/data_folder.py",
    "core/json_text.py",
    "importing/report.py",
    "installing/",
    "management/describing.py",
    "management/schemas.py",
    "metrics/",
    "monitors/doors/api",
    "notifications/details.py",
    "notifications/liquid/",
    "notifications/services/sevenio.py",
    "notifications/services/support/variables.py",
    "places/addresses.py",
    "status_pages/copy_",
    "status_pages/copying.py",
    "status_pages/drawing/html",
    "status_pages/subscribers/browsers.py",
    "status_pages/subscribers/html.py",
    "status_pages/subscribers/letters.py",
    "status_pages/subscribers/visitors.py",
    "web/base_path.py",
    "tools/push_examples.py",
    "web/docs_",
    "web/listening.py",
)
# Calls whose literals are no sentences of the page: logs, terminals, descriptions of the API, declarations.
_MUTE: Final = re.compile(
    r"log(ger)?\.\w+|StartupError|NetworkError|CheckFailed|CheckResult|RuntimeError|TypeError|option|documented"
    r"|re\.compile|\w*_option|kit\.(secret|url|text|number|switch|select|choice|textarea|template|field)\w*"
    r"|Parameter|Body|Part|named|error|errors|print|warnings\.warn|Choice|kit\.Choice|nullable|Example"
)
_SENTENCE: Final = re.compile(r"[A-Z{“'\"].*[.?!]", re.DOTALL)
_WORDS: Final = re.compile(r"[A-Za-z]{2,}")
_SQL: Final = re.compile(
    r"(SELECT|UPDATE|DELETE|INSERT|CREATE|PRAGMA|WITH|ALTER|DROP|VACUUM|WHERE) |.* ORDER BY "
)
_CODED: Final = re.compile(r"NJS-|.*\{\}")  # as a driver says it, whatever the language
# Examples of the API's description, and what only logs and other servers are told.
UNSAID: Final = frozenset(
    {
        "200 - OK",
        "cannot be checked: Its proxy is gone or switched off.",
        "Request failed with status code 503",
        "Some orders take minutes.",
        "Cert Exp.",
        "We found the cause.",
        "{help} A template of the service goes first.",
    }
)
_FIELD: Final = re.compile(r"\{(\w+)[^{}]*\}")


def declared() -> tuple[list[str], list[str]]:
    """The texts of all monitor types, and those of all notification services that are not among them."""
    kinds = describe_types()
    types = _unique(
        _texts_of(kinds["common"]),
        *([kind["label"], kind["description"], *_texts_of(kind["fields"])] for kind in kinds["types"]),
    )
    base: Any = NotificationService
    built_in: Any = list(Registry(services, base).built_in())
    described = describe_services(built_in).services
    known = set(types)
    own = _unique(
        *([service.description, *_texts_of(msgspec.to_builtins(service.fields))] for service in described)
    )
    return types, [text for text in own if text not in known]


def _texts_of(fields: list[dict[str, Any]]) -> list[str]:
    texts: list[str] = []
    for field in fields:
        texts += [field["label"], field.get("help", ""), field.get("unit", "")]
        if field["name"] not in NAMED:
            texts += [str(choice["label"]) for choice in field.get("choices") or ()]
    return texts


def _unique(*lists: Iterable[str]) -> list[str]:
    return sorted({text for texts in lists for text in texts if _HAS_WORD.search(text)})


def sentences() -> list[str]:
    """The templates of what the program says to people, sorted."""
    types, others = declared()
    said = literals() - UNSAID - {*types, *others}
    return sorted(text for text in said if _WORDS.search(_FIELD.sub("", text)))


def literals() -> set[str]:
    """All that is written as a sentence, and the names of things."""
    modules = {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text())
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    spoken_names = {name for tree in modules.values() for name in _names_spoken(tree)}
    found: set[str] = set()
    for name, tree in modules.items():
        found |= set(_names_of_things(tree))
        if not name.startswith(SILENT):
            found |= set(_Module(tree, spoken_names).sentences())
    return found


def _names_spoken(tree: ast.Module) -> Iterator[str]:
    """Names of constants that errors for people are made of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _called(node) in SPOKEN:
            first = node.args[0]
            if isinstance(first, ast.Name | ast.Attribute):
                yield first.id if isinstance(first, ast.Name) else first.attr


def _names_of_things(tree: ast.Module) -> Iterator[str]:
    """What sentences call the things that people keep."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "Resource":
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            named = given.get("label") or given.get("name")
            if isinstance(named, ast.Constant):
                yield str(named.value)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


class _Module:
    """The literals of one module."""

    def __init__(self, tree: ast.Module, spoken_names: set[str]) -> None:
        self.tree = tree
        self.constants: dict[str, str] = {}
        self.spoken: set[int] = set()  # literals that people are told, whatever they look like
        self.listed: set[int] = set()  # of those, such that may be a single word
        self.mute: set[int] = set()
        for statement in tree.body:
            self._note_constant(statement, spoken_names)
        for node in ast.walk(tree):
            self._note(node)

    def sentences(self) -> Iterator[str]:
        """Every literal that is one."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Constant | ast.JoinedStr) or id(node) in self.mute:
                continue
            text = self._template(node).strip()
            if not text or "\n" in text or _SQL.match(text) or _CODED.match(text):
                continue
            plain = _FIELD.sub("", text)
            if id(node) in self.spoken:
                if (" " in text or id(node) in self.listed) and _WORDS.search(plain):
                    yield text
            elif _SENTENCE.fullmatch(text) and len(_WORDS.findall(plain)) >= 2:
                yield text

    def _note_constant(self, node: ast.stmt, spoken_names: set[str]) -> None:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            target, value = node.target, node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            target, value = node.targets[0], node.value
        else:
            return
        if isinstance(value, ast.Constant | ast.JoinedStr):
            if isinstance(value, ast.Constant) and isinstance(value.value, str | int):
                self.constants[target.id] = str(value.value)
            if target.id in spoken_names:
                self.spoken.add(id(value))

    def _note(self, node: ast.AST) -> None:
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                for statement in node.body:
                    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                        self.mute.add(id(statement.value))
                    if isinstance(node, ast.ClassDef):
                        self._mute_declaration(statement)
            case ast.Call():
                self._note_call(node)
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "msg":
                        self.spoken.add(id(value))
            case ast.JoinedStr():
                self.mute |= {id(inner) for inner in ast.walk(node) if inner is not node}

    def _mute_declaration(self, statement: ast.stmt) -> None:
        """Label and description of a type or a service are among the declared texts."""
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        names = {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
        if names & {"label", "description", "documentation"}:
            self.mute |= {id(inner) for inner in ast.walk(statement)}

    def _note_call(self, node: ast.Call) -> None:
        if _MUTE.fullmatch(ast.unparse(node.func)):
            self.mute |= {id(inner) for inner in ast.walk(node)}
        elif _called(node) in SPOKEN and node.args:
            self.spoken |= {id(inner) for inner in ast.walk(node.args[0])}
        elif _called(node) in LISTED or _called(node) == "Table":
            said = node.args[1:2] if _called(node) == "Table" else node.args[:2]
            self.listed |= {id(argument) for argument in said}
            self.spoken |= self.listed
        for keyword in node.keywords:
            if keyword.arg in {"summary", "description", "help", "label", "placeholder"}:
                self.mute |= {id(inner) for inner in ast.walk(keyword.value)}

    def _template(self, node: ast.Constant | ast.JoinedStr) -> str:
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else ""
        parts: list[str] = []
        names: list[str] = []
        for value in node.values:
            if isinstance(value, ast.Constant):
                parts.append(str(value.value))
            elif isinstance(value, ast.FormattedValue):
                name = _name_of(value.value)
                if name in self.constants:
                    parts.append(self.constants[name])
                    continue
                names.append(name)
                again = names.count(name)
                parts.append(f"{{{name}{again if again > 1 else ''}}}")
        return "".join(parts)


def _name_of(node: ast.expr) -> str:
    """What a value is called: its variable, attribute, or what a call is made about."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr.lstrip("_")
        case ast.Call(args=[first, *_]) if isinstance(first, ast.Name | ast.Attribute | ast.Call):
            return _name_of(first)
        case ast.Subscript():
            return _name_of(node.value)
    return "value"
