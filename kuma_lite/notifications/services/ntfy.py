"""ntfy: a push message to a topic, https://docs.ntfy.sh/publish/."""

from __future__ import annotations

from kuma_lite.core.declarations import Kind
from kuma_lite.notifications.services import kit

SERVER = "https://ntfy.sh"
USUAL_PRIORITY = 4  # of a DOWN or UP message when none is set
HIGHEST_PRIORITY = 5
METHODS = {"none": "None", "usernamePassword": "Username and Password", "accessToken": "Access Token"}

PASSWORD = kit.when("ntfyAuthenticationMethod", "usernamePassword")
TOKEN = kit.when("ntfyAuthenticationMethod", "accessToken")
TEMPLATED = kit.when("ntfyUseTemplate", True)


class NtfyOptions(kit.ServiceOptions):
    """Which topic of which server."""

    topic: str = kit.text("ntfy Topic", "ntfytopic", required=True)
    server: str = kit.url(
        "Server URL",
        "ntfyserverurl",
        SERVER,
        required=True,
        help="Enter the server's address without the topic.",
    )
    priority: int | None = kit.number(
        "Priority", "ntfyPriority", minimum=1, maximum=5, required=True, form_default=5
    )
    priority_down: int | None = kit.number(
        "Priority for DOWN-events",
        "ntfyPriorityDown",
        minimum=1,
        maximum=5,
        form_default=5,
        help="Without one, DOWN is one step above the other messages.",
    )
    method: str = kit.select(
        "Authentication Method",
        "ntfyAuthenticationMethod",
        "",
        METHODS,
        section="authentication",
        form_default="none",
    )
    username: str = kit.text("Username", "ntfyusername", section="authentication", shown_when=PASSWORD)
    password: str = kit.secret("Password", "ntfypassword", section="authentication", shown_when=PASSWORD)
    token: str = kit.secret("Access Token", "ntfyaccesstoken", section="authentication", shown_when=TOKEN)
    icon: str = kit.url("Icon URL", "ntfyIcon", section="content")
    phone: str = kit.text(
        "Phone Call",
        "ntfyCall",
        section="advanced",
        placeholder="yes or +12223334444",
        help="Let the server read the message to a phone number.",
    )
    use_template: bool = kit.switch("Customize notification templates", "ntfyUseTemplate", section="content")
    title: str = kit.template(
        "Custom Title Template",
        "ntfyCustomTitle",
        placeholder="{{ name }} {{ status }}",
        help="A Liquid template; empty means the usual title.",
        shown_when=TEMPLATED,
        kind=Kind.TEXT,
    )
    message: str = kit.template(
        "Custom Message Template",
        "ntfyCustomMessage",
        placeholder="{{ msg }}",
        help="A Liquid template; empty means the usual message.",
        shown_when=TEMPLATED,
    )


class Ntfy(kit.HttpService[NtfyOptions]):
    """A message on an ntfy topic."""

    name, label, groups = "ntfy", "Ntfy", ("push",)
    pace = kit.Pace(60, 300)  # what a server takes of a visitor, unless it is set otherwise
    description = "Publishes to a topic of ntfy.sh or of your own ntfy server."

    def request(self, o: NtfyOptions, news: kit.News) -> kit.Call:
        """Publish as JSON: to the root of the server, the topic in the body."""
        title = f"{news.name} {news.pick('Up', 'Down')}" if news.is_beat else o.topic
        view = {"action": "view", "label": f"Open {news.name}", "url": news.url}
        usual = o.priority or USUAL_PRIORITY
        down = o.priority_down or min(usual + 1, HIGHEST_PRIORITY)
        return kit.Call(
            o.server.strip() or SERVER,
            headers={**authorization(o), "X-Call": o.phone},
            json={
                "topic": o.topic,
                "title": (o.use_template and news.templated(o.title)) or f"{title} [Uptime-Kuma]",
                "message": (o.use_template and news.templated(o.message)) or news.msg or news.text,
                "priority": news.pick(usual, down, o.priority),
                "tags": [news.pick("green_circle", "red_circle", "test_tube"), *map(str, news.tags)],
                "actions": [view] if news.url else None,
                "icon": o.icon if news.is_beat else None,
            },
        )


def authorization(o: NtfyOptions) -> dict[str, str]:
    """The header; entries from before the select existed have a user name and no method."""
    if o.method == "usernamePassword" or (o.username and not o.method):
        return kit.basic(o.username, o.password)
    return kit.bearer(o.token) if o.method == "accessToken" else {}
