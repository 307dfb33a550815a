"""Addresses of e-mails, as people type them into a form and as headers write them (RFC 5322, 2047, 6532).

Lenient as Nodemailer, which Uptime Kuma 2.5 sends with: old mobile addresses with dots where none may be are
quoted, `;` separates as `,` does, names may hold commas, groups and comments are read.
"""

from __future__ import annotations

import re
from email.charset import SHORTEST, Charset
from email.header import Header
from typing import Final

from msgspec import Struct

# A text in quotes, a comment, an address in angles, the ends of lists and groups, blanks, and anything else.
_QUOTES: Final = r'"(?:\\.|[^"\\])*"?'
_TOKEN: Final = re.compile(
    rf'{_QUOTES}|\((?:\\.|[^()\\])*\)?|<(?:{_QUOTES}|[^<>"])*>?|[,;:]|\s+|[^\s"(<,;:]+', re.DOTALL
)
_DOT_ATOM: Final = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_LINE_CHARS: Final = 76
_UTF8: Final = Charset("utf-8")
_UTF8.header_encoding = SHORTEST  # as Python has it; Apprise changes that for the whole process


class NoMailbox(ValueError):
    """A text is no address; the message is what was typed."""


class Mailbox(Struct, frozen=True):
    """One receiver or sender.

    Args:
        name: shown beside the address; may be empty.
        username: the part before the `@`, without quotes.
        domain: the part behind it, as DNS knows it.
    """

    name: str
    username: str
    domain: str

    @property
    def addr_spec(self) -> str:
        """`user@domain`, the user in quotes where that is needed."""
        plain = _DOT_ATOM.fullmatch(self.username)
        return f"{self.username if plain else _quoted(self.username)}@{self.domain}"

    @property
    def is_ascii(self) -> bool:
        """Whether servers without SMTPUTF8 can take it."""
        return self.username.isascii()

    @property
    def written(self) -> str:
        """As a header field has it, long names on lines of their own."""
        if not self.name:
            spec = self.addr_spec
            return spec if spec[0] != '"' and "[" not in spec else f"<{spec}>"
        if _PLAIN_NAME.fullmatch(self.name) and not self.name.startswith("=?"):
            name = self.name
        elif self.name.isascii() and self.name.isprintable():
            name = _quoted(self.name)
        else:
            name = Header(self.name.encode("utf-8", "replace").decode(), _UTF8, _LINE_CHARS).encode(
                linesep="\r\n"
            )
        return f"{name} <{self.addr_spec}>"


def mailboxes(text: str) -> list[Mailbox]:
    """The addresses of a form field, in order. Raises NoMailbox."""
    if any(ord(character) < ord(" ") and character not in "\t\r\n" for character in text):
        raise NoMailbox(text)
    found: list[Mailbox] = []
    waiting = ""  # `Doe` of `Doe, John <j@example>`
    for part in _parts(text):
        typed = "".join(part).strip()
        before = f"{waiting}, {typed}" if waiting else typed
        if "@" not in typed and not any(token.startswith("<") for token in part):
            waiting = before
            continue
        if waiting and not any(token.startswith("<") for token in part):
            raise NoMailbox(waiting)
        found += _mailboxes_of(part, waiting)
        waiting = ""
    if waiting:
        raise NoMailbox(waiting)
    return found


def field(boxes: list[Mailbox]) -> str:
    """The value of a header field with these addresses, one a line."""
    return ",\r\n ".join(box.written for box in boxes)


def _parts(text: str) -> list[list[str]]:
    """What stands between commas and semicolons, without the names of groups, which end with a colon."""
    parts: list[list[str]] = [[]]
    for found in _TOKEN.findall(text):
        if found in (",", ";"):
            parts.append([])
        elif found == ":":
            parts[-1] = []
        else:
            parts[-1].append(" " if found.isspace() else found)
    return [part for part in parts if "".join(part).strip()]


def _mailboxes_of(part: list[str], name_before: str) -> list[Mailbox]:
    """The address of one part, or several with only blanks between them."""
    typed = "".join(part).strip()
    angles = [token for token in part if token.startswith("<")]
    comments = [_unquoted(token[1:].removesuffix(")")) for token in part if token.startswith("(")]
    if angles:
        words = "".join(token for token in part if not token.startswith(("<", "("))).split()
        name = " ".join([*([f"{name_before},"] if name_before else []), *words]) or " ".join(comments)
        return [_mailbox(angles[0].strip("<> \t\r\n"), _without_quotes(name), typed)]
    words = _joined_words([token for token in part if not token.startswith("(")])
    specs = [word for word in words if "@" in word]
    others = [word for word in words if "@" not in word]
    name = _without_quotes(" ".join(others)) or " ".join(comments)
    return [_mailbox(spec.strip("<>"), name if len(specs) == 1 else "", typed) for spec in specs]


def _joined_words(tokens: list[str]) -> list[str]:
    """Words between blanks; a quoted part before an `@` belongs to its address."""
    return "".join(token.replace(" ", "\0") if token.startswith('"') else token for token in tokens).split()


def _mailbox(spec: str, name: str, typed: str) -> Mailbox:
    username, _, domain = spec.replace("\0", " ").rpartition("@")
    username = (
        _unquoted(username[1:-1]) if len(username) > 1 and username[0] == username[-1] == '"' else username
    )
    username, domain = username.strip(), domain.strip()
    if not username or not domain or any(not c.isprintable() for c in username + domain) or " " in domain:
        raise NoMailbox(typed)
    return Mailbox(" ".join(name.replace("\0", " ").split()), username, _domain(domain, typed))


def _domain(domain: str, typed: str) -> str:
    """As DNS knows it; international names by the rules that browsers follow."""
    if domain.isascii():
        return domain
    import idna

    try:
        labels = idna.uts46_remap(domain, std3_rules=False).split(".")
        return ".".join(
            label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels
        )
    except (idna.IDNAError, UnicodeError):
        raise NoMailbox(typed) from None


def _without_quotes(name: str) -> str:
    whole = name.replace("\0", " ")
    if len(whole) > 1 and whole[0] == whole[-1] == '"' and '"' not in whole[1:-1].replace('\\"', ""):
        return _unquoted(whole[1:-1])
    return whole


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
