"""What can be chosen for a status page."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.declarations import Choice, Kind
from kuma_lite.core.options import Options, option
from kuma_lite.status_pages.editing.reading import ANALYTICS, MAX_INCIDENT_MINUTES, MAX_REFRESH_S, THEMES


class StatusPageOptions(Options):
    """A status page with its groups."""

    slug: str = option("", label="Slug", kind=Kind.TEXT, required=True)
    title: str = option("", label="Title", kind=Kind.TEXT, required=True)
    description: str | None = option(None, label="Description", kind=Kind.TEXTAREA)
    icon: str = option("", label="Picture", kind=Kind.TEXT, help="The address of a picture.")
    auto_refresh_interval: int = option(
        300,
        alias="autoRefreshInterval",
        label="Refresh interval",
        kind=Kind.NUMBER,
        unit="s",
        minimum=0,
        maximum=MAX_REFRESH_S,
    )
    theme: str = option(
        "auto", label="Theme", kind=Kind.SELECT, choices=tuple(Choice(name, name) for name in THEMES)
    )
    show_tags: bool = option(False, alias="showTags", label="Show tags", kind=Kind.SWITCH)
    custom_css: str | None = option(None, alias="customCSS", label="CSS", kind=Kind.TEXTAREA)
    footer_text: str | None = option(None, alias="footerText", label="Footer", kind=Kind.TEXTAREA)
    show_powered_by: bool = option(True, alias="showPoweredBy", label="Say what made it", kind=Kind.SWITCH)
    analytics_type: str | None = option(
        None,
        alias="analyticsType",
        label="Analytics",
        kind=Kind.SELECT,
        choices=tuple(Choice(name, name) for name in ANALYTICS),
    )
    analytics_id: str | None = option(None, alias="analyticsId", label="Analytics id", kind=Kind.TEXT)
    analytics_script_url: str | None = option(
        None, alias="analyticsScriptUrl", label="Analytics script", kind=Kind.URL
    )
    show_certificate_expiry: bool = option(
        False, alias="showCertificateExpiry", label="Show certificate expiry", kind=Kind.SWITCH
    )
    show_only_last_heartbeat: bool = option(
        False, alias="showOnlyLastHeartbeat", label="Show only the last beat", kind=Kind.SWITCH
    )
    show_response_times: bool = option(
        False, alias="showResponseTimes", label="Show response times", kind=Kind.SWITCH
    )
    auto_incident_minutes: int = option(
        0,
        alias="autoIncidentMinutes",
        label="Begin an incident after",
        kind=Kind.NUMBER,
        unit="min",
        minimum=0,
        maximum=MAX_INCIDENT_MINUTES,
        help="Of an outage; 0 is never.",
    )
    auto_incident_text: str | None = option(
        None, alias="autoIncidentText", label="Text of such an incident", kind=Kind.TEXTAREA
    )
    rss_title: str | None = option(None, alias="rssTitle", label="Title of the feed", kind=Kind.TEXT)
    domains: Any = option([], alias="domainNameList", label="Host names", kind=Kind.LIST)
    groups: Any = option([], label="Groups", kind=Kind.LIST)
    servers: Any = option([], label="Servers", kind=Kind.LIST)
