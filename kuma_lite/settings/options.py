"""The settings of the server that the API has; authentication is switched off on the page alone."""

from __future__ import annotations

from kuma_lite.beats.retention import KEEP_DAYS
from kuma_lite.core.declarations import Kind
from kuma_lite.core.options import Options, option


class ServerSettings(Options, extra="forbid"):
    """What a person has set for the whole server."""

    primary_base_url: str = option(
        "", alias="primaryBaseURL", label="Primary base URL", kind=Kind.URL, help="In links of messages."
    )
    time_zone: str = option("", alias="serverTimezone", label="Time zone", kind=Kind.TEXT)
    entry_page: str = option(
        "dashboard",
        alias="entryPage",
        label="Entry page",
        kind=Kind.TEXT,
        help="dashboard, or statusPage- and the slug of a status page.",
    )
    search_engine_index: bool = option(
        False, alias="searchEngineIndex", label="Let search engines list pages", kind=Kind.SWITCH
    )
    keep_data_days: int = option(
        KEEP_DAYS, alias="keepDataPeriodDays", label="Keep data", kind=Kind.NUMBER, unit="days", minimum=0
    )
    tls_expiry_days: list[int] = option(
        [7, 14, 21],
        alias="tlsExpiryNotifyDays",
        label="Warn before certificates expire",
        kind=Kind.LIST,
        unit="days",
    )
    domain_expiry_days: list[int] = option(
        [7, 14, 21],
        alias="domainExpiryNotifyDays",
        label="Warn before domains expire",
        kind=Kind.LIST,
        unit="days",
    )
    trust_proxy: bool = option(
        False, alias="trustProxy", label="Trust the headers of a proxy in front", kind=Kind.SWITCH
    )
    cors_origins: list[str] = option(
        [],
        alias="apiCorsOrigins",
        label="Sites whose pages may use the API",
        kind=Kind.LIST,
        help="Origins such as https://shop.example, or * for all.",
    )
    steam_api_key: str = option(
        "", alias="steamAPIKey", label="Steam API key", kind=Kind.PASSWORD, secret=True
    )
    globalping_api_token: str = option(
        "", alias="globalpingApiToken", label="Globalping API token", kind=Kind.PASSWORD, secret=True
    )
