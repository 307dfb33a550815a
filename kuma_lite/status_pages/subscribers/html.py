"""The pages of subscribing: forms that work without scripts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from msgspec import Struct

from kuma_lite.status_pages.drawing.html import STYLE_PATH
from kuma_lite.status_pages.drawing.markup import escape
from kuma_lite.status_pages.model import DEFAULT_ICON, Page
from kuma_lite.status_pages.subscribers.keys import Purpose, signing_secret
from kuma_lite.status_pages.subscribers.letters import PARTS
from kuma_lite.status_pages.subscribers.model import Kind, Subscriber
from kuma_lite.status_pages.subscribers.targets import MAX_URL_CHARS, NAMES, masked

FORM_STYLE_PATH: Final = "/status-subscribe.css"
TRAP: Final = "website"  # a field that people do not see; programs fill it in
FORM_SCRIPT_PATH: Final = "/status-push.js"
WORKER_PATH: Final = "/status-worker.js"
PUSH: Final = "push"  # field: a subscription that the browser has, which says whose the rest of the form is
MOVED: Final = "moved"  # field: what it has in place of that one
_RUNS: Final = "script-src 'self'; connect-src 'self'; worker-src 'self'; "
_POLICY: Final = (
    "style-src 'self'; img-src 'self' data: https: http:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
POLICY: Final = f"default-src 'none'; {_POLICY}"
SCRIPT_POLICY: Final = f"default-src 'none'; {_RUNS}{_POLICY}"  # of the form, where browsers are told
STYLE: Final = """\
[hidden] { display: none !important; }
main { max-width: 40rem; }
form { display: grid; gap: 1.25rem; margin: 1rem 0 1.5rem; }
fieldset { border: 1px solid var(--line); border-radius: 12px; background: var(--surface); margin: 0;
  padding: 0.75rem 1.25rem 1rem; min-width: 0; }
legend { font-weight: 600; padding: 0 0.25rem; }
.line { display: flex; align-items: baseline; gap: 0.6rem; padding: 0.35rem 0; }
.line input { flex: none; accent-color: var(--accent); width: 1.1rem; height: 1.1rem; translate: 0 0.15rem; }
.inner { margin-left: 1.7rem; }
.field { display: grid; gap: 0.35rem; font-weight: 600; }
.field input { font: inherit; font-weight: 400; padding: 0.65rem 0.8rem; border-radius: 8px;
  border: 1px solid var(--nothing); background: var(--surface); color: var(--text); width: 100%; }
.field input[aria-invalid] { border-color: var(--bar-down); }
.help { color: var(--soft); font-size: 0.875rem; margin: 0; font-weight: 400; }
.problem { color: var(--down); font-weight: 600; margin: 0; }
button { font: inherit; font-weight: 600; justify-self: start; padding: 0.65rem 1.4rem;
  border: 1px solid transparent; border-radius: 8px; background: #17705d; color: #fff; cursor: pointer; }
button.quiet { background: none; color: var(--down); border-color: var(--down); }
.trap { position: absolute; left: -100vw; width: 1px; height: 1px; overflow: hidden; }
code { background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 0.1rem 0.35rem;
  overflow-wrap: anywhere; }
button:disabled { opacity: 0.6; cursor: default; }
.known { border: 1px solid var(--line); border-radius: 12px; background: var(--surface);
  padding: 0.75rem 1.25rem 1rem; margin: 1rem 0; }
.known form { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 0.75rem 0 0; }
.known p { margin: 0.25rem 0; }
#said:empty { display: none; }
section:not(.known) { border-top: 1px solid var(--line); margin-top: 1.5rem; padding-top: 1.25rem; }
"""
_SCRIPT: Final = f'<script defer src="{FORM_SCRIPT_PATH}"></script>\n'
_LABELS: Final = {
    Kind.EMAIL: "E-mail address",
    Kind.WEBHOOK: "Address of your webhook",
    Kind.SLACK: "Address of the Slack webhook",
    Kind.DISCORD: "Address of the Discord webhook",
    Kind.TEAMS: "Address of the Microsoft Teams webhook",
}


# What is read where only browsers are told, and this one cannot be.
_UNABLE: Final = (
    '<p id="unable">This needs a browser that shows notifications of pages, with JavaScript, over HTTPS. On '
    "an iPhone or iPad, add the page to the home screen first.</p>"
)


class Form(Struct, frozen=True):
    """What a visitor has filled in."""

    kind: Kind | None = None
    target: str = ""
    monitors: frozenset[int] | None = None  # None: everything
    problem: str = ""  # a sentence about it


def subscribe(page: Page, kinds: Sequence[Kind], names: Mapping[int, str], form: Form, key: str = "") -> str:
    """The form of somebody new; `key`: what browsers subscribe with, where those are told."""
    typed = [kind for kind in kinds if kind is not Kind.PUSH]
    fields = _ways(kinds, typed, form)
    if typed:
        fields += _typed(typed, form)
    if form.problem:
        fields += f'<p class="problem" id="problem" role="alert">{escape(form.problem)}</p>'
    fields += (
        f'<div class="trap" aria-hidden="true"><label>Leave this empty<input name="{TRAP}" tabindex="-1" '
        f'autocomplete="off"></label></div>'
        f"{_services(names, form.monitors)}"
    )
    if typed:
        fields += (
            '<p class="help" data-typed>You get a message with a link to confirm. What you type is used for '
            "these messages only; unsubscribing deletes it.</p>"
        )
    below, push = f"/status/{page.slug}", len(typed) < len(kinds)
    data = f' data-key="{escape(key)}"' if push else ""
    hidden = "" if typed else " hidden"
    told = f"{'' if typed else _UNABLE}{_known(below)}" if push else ""
    said = '<p id="said" role="status"></p>' if push else ""
    return _document(page, "Subscribe", (
        f"<p>Be told when an incident or maintenance begins, changes or ends.</p>{told}"
        f'<form method="post" action="{below}/subscribe"{data}{hidden}>{fields}<button>Subscribe</button>'
        f"{said}</form>"
    ), script=push)  # fmt: skip


def _ways(kinds: Sequence[Kind], typed: Sequence[Kind], form: Form) -> str:
    """Radios; the one of notifications is shown by the script, which they need."""
    if len(kinds) == 1:
        return f'<input type="hidden" name="kind" value="{kinds[0].value}">'
    chosen = form.kind or (typed or kinds)[0]
    drawn = "".join(_radio("kind", kind.value, NAMES[kind], checked=kind is chosen) for kind in typed)
    if len(typed) < len(kinds):
        drawn += f"<div data-push hidden>{_radio('kind', Kind.PUSH.value, NAMES[Kind.PUSH])}</div>"
    return _fieldset("How do you want to be told?", drawn)


def _typed(kinds: Sequence[Kind], form: Form) -> str:
    """Where somebody types an address."""
    only = kinds[0] if len(kinds) == 1 else None
    label = _LABELS[only] if only else _label(kinds)
    mail = only is Kind.EMAIL
    invalid = ' aria-invalid="true" aria-describedby="problem"' if form.problem else ""
    return (
        f'<label class="field" data-typed>{label}<input name="target" required maxlength="{MAX_URL_CHARS}" '
        f'type="{"email" if mail else "text"}" autocomplete="{"email" if mail else "off"}" '
        f'value="{escape(form.target)}"{invalid}></label>'
    )


def _known(below: str) -> str:
    """What a browser reads that is told already; shown by the script."""
    field = f'<input type="hidden" name="{PUSH}">'
    return (
        '<section class="known" id="known" aria-label="This browser" hidden>'
        "<p><strong>This browser is subscribed.</strong> It shows a notification when something happens.</p>"
        f'<form method="post" action="{below}/subscription">{field}<button>Choose services</button>'
        '<button class="quiet" name="stop">Unsubscribe this browser</button></form></section>'
    )


def asked(page: Page) -> str:
    """What everybody reads who has filled in the form, whoever is known already."""
    return _document(page, "Please confirm", (
        '<p role="status">We have sent a message to what you typed. Open the link in it within 24 hours, '
        "and you are subscribed.</p>"
        "<p>Nothing there? Look among unwanted mail, and whether it was typed right.</p>"
    ))  # fmt: skip


def confirm(page: Page, key: str) -> str:
    """The link of the first message has been opened; scanners of mails do that, too: hence a button."""
    return _document(page, "Confirm your subscription", (
        f"<p>You will be told when something happens at {escape(page.title)}.</p>"
        f"{_post(page, Purpose.CONFIRM, key, '<button>Confirm</button>')}"
    ))  # fmt: skip


def manage(page: Page, subscriber: Subscriber, names: Mapping[int, str], key: str, *, said: str = "") -> str:
    """What a subscriber can choose. `said`: what has just been done."""
    status = f'<p role="status"><strong>{escape(said)}</strong></p>' if said else ""
    secret = ""
    if subscriber.kind is Kind.WEBHOOK:
        secret = (
            "<p>Requests are signed as Standard Webhooks are (<code>webhook-signature</code>, HMAC-SHA256). "
            f"The secret of yours: <code>{signing_secret(subscriber)}</code></p>"
        )
    told = NAMES[subscriber.kind]
    if subscriber.kind is not Kind.PUSH:  # that it is this browser says more than its maker's host
        told += f" · {masked(subscriber.kind, subscriber.target)}"
    choice = ""
    if names:
        choice = _post(
            page, Purpose.MANAGE, key, f"{_services(names, subscriber.monitors)}<button>Save</button>"
        )
    stop = _post(
        page, Purpose.MANAGE, key,
        '<input type="hidden" name="delete" value="yes">'
        '<button class="quiet">Unsubscribe and delete my data</button>',
    )  # fmt: skip
    return _document(page, "Your subscription", (
        f"{status}<p>{escape(told)}</p>{secret}{choice}<section aria-label=\"Unsubscribe\">"
        f'<p class="help">Everything about this subscription is deleted at once.</p>{stop}</section>'
    ))  # fmt: skip


def unsubscribe(page: Page, key: str) -> str:
    """The link to unsubscribe has been opened by hand."""
    return _document(page, "Unsubscribe", (
        "<p>You will be told no more, and everything about your subscription is deleted.</p>"
        f"{_post(page, Purpose.UNSUBSCRIBE, key, '<button>Unsubscribe</button>')}"
    ))  # fmt: skip


def gone(page: Page) -> str:
    """Somebody has unsubscribed."""
    return _document(page, "Unsubscribed", '<p role="status">You are told no more. Your data is deleted.</p>')


def no_key(page: Page | None) -> str:
    """A link that is too old, or of somebody who has unsubscribed; it says nothing about any page."""
    del page
    return _bare("Link no longer good", "", "", (
        "<h1>This link is not good any more</h1>"
        "<p>It is older than 24 hours, or the subscription has been deleted.</p>"
    ))  # fmt: skip


def too_often(page: Page) -> str:
    """Somebody fills in the form again and again."""
    return _document(
        page, "Please wait", '<p role="alert">That was too often. Please try again in a minute.</p>'
    )


def _label(kinds: Collection[Kind]) -> str:
    mail = Kind.EMAIL in kinds
    return "E-mail address, or address of the webhook" if mail else "Address of the webhook"


def _services(names: Mapping[int, str], chosen: frozenset[int] | None) -> str:
    """Which services; none of them chosen means all, as none there are."""
    if not names:
        return ""
    boxes = "".join(
        f'<label class="line inner"><input type="checkbox" name="monitor" value="{number}"'
        f"{' checked' if chosen is not None and number in chosen else ''}><span>{escape(name)}</span></label>"
        for number, name in names.items()
    )
    return _fieldset("Of which services?", (
        _radio("scope", "all", "All, also those that are added later", checked=chosen is None)
        + _radio("scope", "some", "Only these:", checked=chosen is not None) + boxes
        + '<p class="help">What concerns the page as a whole is told to everybody.</p>'
    ))  # fmt: skip


def _fieldset(legend: str, content: str) -> str:
    return f"<fieldset><legend>{legend}</legend>{content}</fieldset>"


def _radio(name: str, value: str, label: str, *, checked: bool = False) -> str:
    marked = " checked" if checked else ""
    return (
        f'<label class="line"><input type="radio" name="{name}" value="{value}"{marked}>'
        f"<span>{label}</span></label>"
    )


def _post(page: Page, purpose: Purpose, key: str, content: str) -> str:
    action = f"/status/{page.slug}/{PARTS[purpose]}?t={escape(key)}"
    return f'<form method="post" action="{action}">{content}</form>'


def _document(page: Page, heading: str, content: str, *, script: bool = False) -> str:
    theme = f' data-theme="{page.theme}"' if page.theme in ("light", "dark") else ""
    logo = ""
    if page.shown_icon != DEFAULT_ICON:
        logo = f'<img class="logo" src="{escape(page.shown_icon)}" alt="" width="64" height="64">'
    back = f'<p><a href="/status/{page.slug}">Current status</a></p>' if page.published else ""
    return _bare(
        f"{heading} · {page.title}",
        theme,
        f'<link rel="icon" href="{escape(page.shown_icon)}">\n{_SCRIPT if script else ""}',
        f"<header>{logo}<h1>{escape(heading)}<br><small>{escape(page.title)}</small></h1></header>{content}{back}",
    )


def _bare(title: str, theme: str, head: str, content: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en"{theme}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{escape(title)}</title>\n<meta name="robots" content="noindex">\n{head}'
        f'<link rel="stylesheet" href="{STYLE_PATH}">\n<link rel="stylesheet" href="{FORM_STYLE_PATH}">\n'
        f"</head>\n<body>\n<main>{content}</main>\n</body>\n</html>\n"
    )
