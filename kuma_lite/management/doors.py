"""Which kinds are managed over HTTP, with an example of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from kuma_lite.core.doors import Doors
from kuma_lite.core.resources import Resources

# Servers, projects and tokens have the Servers API.
EXAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "tag": {"name": "production", "color": "#2563eb"},
    "proxy": {"protocol": "http", "host": "proxy.example", "port": 3128},
    "docker_host": {"name": "This machine", "connection": "socket", "daemon": "/var/run/docker.sock"},
    "remote_browser": {"name": "Chromium", "url": "ws://browser.example:3000"},
    "notification": {
        "name": "On call",
        "type": "ntfy",
        "server": "https://ntfy.example",
        "topic": "on-call",
        "priority": 4,
        "method": "none",
    },
    "monitor": {
        "name": "Shop",
        "type": "http",
        "url": "https://shop.example/",
        "interval": 60,
        "notifications": [],
        "tags": [],
    },
    "status_page": {"slug": "shop", "title": "Shop", "groups": []},
    "maintenance": {"title": "New router", "strategy": "manual", "active": True},
    "api_key": {"name": "Grafana", "scopes": ["read"], "active": True},
    "webhook": {"name": "Shop", "url": "https://shop.example/hook", "kinds": ["change", "removed"]},
}

# What only the answer tells that makes one.
ONCE: Final[Mapping[str, Mapping[str, Any]]] = {
    "api_key": {"key": "uk1_Xa81fGr4nd0mTextThatIsToldOnlyOnce"},
    "webhook": {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
}

# A thing → what its body tells beside its fields.
State = Callable[[Any], Mapping[str, Any]]
# The document of a thing → that of its copy.
Copied = Callable[[dict[str, Any]], dict[str, Any]]


def management_doors(
    resources: Resources,
    states: Mapping[str, State],
    state_examples: Mapping[str, Mapping[str, Any]],
    once: Mapping[str, State],
    copied: Mapping[str, Copied],
) -> Doors:
    """The routes; `states` by the name of the kind, with an example of each; the rest as `Managed` has it."""

    def routes() -> Sequence[Any]:
        from kuma_lite.management.collection import Managed
        from kuma_lite.rest.route import mounted

        return [
            route
            for name, example in EXAMPLES.items()
            for route in mounted(
                Managed(resources[name], example, states.get(name), once.get(name), copied.get(name)).routes()
            )
        ]

    def describe(document: dict[str, Any]) -> None:
        from kuma_lite.management.describing import describe
        from kuma_lite.rest.shapes import nullable, schema_of

        schemas = {
            name: schema_of({key: nullable(value) for key, value in example.items()}).to_schema()
            for name, example in state_examples.items()
        }
        describe(document, resources, EXAMPLES, schemas, ONCE)

    return Doors(routes=routes, describe=describe)
