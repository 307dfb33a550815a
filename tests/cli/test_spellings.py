"""However a value is written: a second `apply` finds nothing to do."""

from __future__ import annotations

import pytest

from tests.cli.shell import Shell

SPELLINGS = {
    "a tag without a value": "monitors: {Shop: {type: push, tags: [{tag: a}]}}",
    "a tag with nothing": "monitors: {Shop: {type: push, tags: [{tag: a, value: null}]}}",
    "a tag with a number": "monitors: {Shop: {type: push, tags: [{tag: a, value: 5}]}}",
    "tags in any order": "monitors: {Shop: {type: push, tags: [{tag: b}, {tag: a}]}}",
    "a tag twice": "monitors: {Shop: {type: push, tags: [{tag: b, value: x}, {tag: b, value: y}]}}",
    "numbers as texts": "monitors: {Shop: {type: push, interval: '60', max_retries: '2'}}",
    "null for a default": "monitors: {Shop: {type: push, description: null, interval: null}}",
    "a status code as a number":
        "monitors: {Shop: {type: http, url: 'http://127.0.0.1:1/', accepted: [200]}}",
    "spaces around": "monitors: {Shop: {type: http, url: ' http://127.0.0.1:1/ ', active: false}}",
    "a page with defaults": "status_pages: {shop: {title: Shop, groups: [{name: A, monitors: [{monitor: P, "
    "show_url: false, url: null, show_ping: false, show_tags: null}]}]}}",
    "a page with an empty group": "status_pages: {shop: {title: Shop, groups: [{name: A}]}}",
    "a page with parts":
        "status_pages: {shop: {title: ' Shop ', groups: [{name: A, monitors: [{monitor: P}], "
    "components: [{name: C, monitors: [P]}, {name: D, rule: share, share: 30, monitors: [P]}]}]}}",
    "domains in capitals": "status_pages: {shop: {title: Shop, domains: [Shop.Example, shop.example]}}",
    "a date alone": "maintenance: {M: {strategy: single, date_range: ['2030-01-01', '2030-01-02']}}",
    "a date with a T": "maintenance: {M: {strategy: single, date_range: ['2030-01-01T10:00', "
    "'2030-01-01T12:00:00']}}",
    "times without seconds": "maintenance: {M: {strategy: recurring-weekday, weekdays: [5, 1], "
    "time_range: [{hours: 2}, {hours: 4, minutes: 0, seconds: 0}]}}",
    "a duration as text": "maintenance: {M: {strategy: cron, cron: '0 3 * * *', duration_minutes: '60'}}",
    "links in any order": "maintenance: {M: {strategy: manual, monitors: [Q, P], status_pages: []}}",
    "a port as text": "proxies: {Office: {protocol: http, host: ' proxy.example ', port: '3128'}}",
    "kinds in any order": "webhooks: {W: {url: 'http://127.0.0.1:1/', kinds: [removed, change]}}",
    "a colour in capitals": "tags: {c: {color: '#AABBCC'}}",
    "a number where a text belongs": "notifications: {N: {type: ntfy, server: 'https://x.example', topic: 5, "
    "priority: '4', method: none}}",
}  # fmt: skip
BESIDE = (
    "tags: {a: {color: '#000000'}, b: {color: '#000000'}}\nmonitors: {P: {type: push}, Q: {type: push}}\n"
)


@pytest.mark.parametrize("name", SPELLINGS)
async def test_it_is_applied_once(shell: Shell, name: str) -> None:
    await shell.apply(BESIDE, name="beside.yaml")
    await shell.apply(SPELLINGS[name] + "\n")
