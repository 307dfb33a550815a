"""What is decided before the server starts: each setting is declared once, here.

From a declaration come the command-line flag, the names in the environment, the key in the TOML file, the
help text and the commented sample file (`config_sample.py`). A flag beats the environment, that beats the
file, that the default.
"""

# ruff: noqa: RUF009 - `declare` is `dataclasses.field` with the words of a setting
from __future__ import annotations

import argparse
import os
import socket
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from kuma_lite.core import config_values as values
from kuma_lite.core.config_checks import refuse_contradictions
from kuma_lite.core.config_values import BadValue
from kuma_lite.core.errors import StartupError
from kuma_lite.core.limits import DEFAULT_HOST, DEFAULT_PORT
from kuma_lite.core.records import hiding
from kuma_lite.core.setting import DECLARATION, Setting, declare

PREFIX: Final = "KUMA_LITE_"
FILE_NAME: Final = "kuma-lite.toml"  # looked for in the data folder
SERVICE_FOLDER: Final = Path("/var/lib/kuma-lite")  # where the packaged service keeps its data
ACME_FOLDER: Final = "acme"  # in the data folder
ACME_CERTIFICATE: Final = (
    "certificate.pem"  # the key first, then the chain: one file, so that both always fit
)
_SHELLS_NAME: Final = "HOST"
_RULING_SUFFIXES: Final = (".yaml", ".yml")  # of what is watched, never of settings
FILE_SUFFIX: Final = "_FILE"  # of a variable that names a file with a secret


class Tls(Struct, frozen=True):
    """Files of a server certificate."""

    __repr__ = hiding("passphrase")

    certificate: Path
    key: Path
    passphrase: str | None = None


@dataclass(frozen=True, eq=False, repr=False)  # each would be compiled at every start
class Config:
    """The settings of one process."""

    host: str = declare(
        DEFAULT_HOST,
        'Address to listen on; "0.0.0.0" for every IPv4 address, "::" for IPv6 and IPv4, "unix:" with a path '
        "behind it for a socket of the file system.",
        values.text,
        "UPTIME_KUMA_HOST",
        "HOST",
    )
    port: int = declare(DEFAULT_PORT, "Port to listen on.", values.port, "UPTIME_KUMA_PORT", "PORT")
    data_dir: Path = declare(
        Path("data"),
        f"Folder of database and uploads; where nobody names one and there is no data, {SERVICE_FOLDER}.",
        values.path,
        "DATA_DIR",
    )
    ssl_cert: Path | None = declare(
        None,
        "Certificate (PEM) for HTTPS; needs ssl_key as well.",
        values.path,
        "UPTIME_KUMA_SSL_CERT",
        "SSL_CERT",
        sample="/etc/ssl/kuma-lite.crt",
    )
    ssl_key: Path | None = declare(
        None,
        "Private key (PEM) for HTTPS.",
        values.path,
        "UPTIME_KUMA_SSL_KEY",
        "SSL_KEY",
        sample="/etc/ssl/kuma-lite.key",
    )
    ssl_key_passphrase: str | None = declare(
        None,
        "Passphrase of the private key.",
        values.text,
        "UPTIME_KUMA_SSL_KEY_PASSPHRASE",
        "SSL_KEY_PASSPHRASE",
        secret=True,
        sample="",
    )
    acme: str = declare(
        "",
        "Names, with commas between, by which the world reaches this server: a certificate for them and for "
        "the domains of its status pages is got and renewed by ACME. Needs acme_terms and, from outside, "
        "http_port (or acme_challenge).",
        values.host_names,
        sample="",
    )
    acme_terms: bool = declare(
        False,
        "Accept the terms of service of the certificate authority.",
        values.switch,
        switch=True,
    )
    acme_directory: str = declare(
        "letsencrypt",
        'The certificate authority: "letsencrypt", "letsencrypt-staging" for trying out, or the address of '
        "the directory of another one.",
        values.acme_directory,
    )
    acme_email: str = declare(
        "",
        "Where the certificate authority may write to.",
        values.text,
        sample="admin@example.com",
    )
    acme_challenge: str = declare(
        "http-01",
        'How names are proven to the certificate authority: "http-01" on http_port, "tls-alpn-01" on the '
        "HTTPS port itself.",
        values.one_of("http-01", "tls-alpn-01"),
    )
    acme_eab_kid: str = declare(
        "",
        "Id that a certificate authority for customers alone has given you (external account binding).",
        values.text,
        sample="",
    )
    acme_eab_key: str = declare(
        "",
        "The key (HMAC) that the certificate authority has given with acme_eab_kid.",
        values.base64_key,
        secret=True,
        sample="",
    )
    http_port: int = declare(
        80,
        "Port for plain HTTP beside HTTPS by ACME: the certificate authority looks there, and everybody else "
        "is sent to HTTPS.",
        values.port,
    )
    disable_frame_sameorigin: bool = declare(
        False,
        "Let other web sites show this one in a frame.",
        values.given,
        "UPTIME_KUMA_DISABLE_FRAME_SAMEORIGIN",
        switch=True,
    )
    ws_origin_check: str = declare(
        "cors-like",
        'Which web sites may connect and write: "cors-like" only this one, "bypass" all.',
        values.one_of("cors-like", "bypass"),
        "UPTIME_KUMA_WS_ORIGIN_CHECK",
    )
    trusted_proxies: str = declare(
        "",
        'Proxies whose X-Forwarded-For counts where "trust proxy" is on; without any, the one that connects.',
        values.networks,
        sample="192.0.2.1, 10.0.0.0/8",
    )
    base_path: str = declare(
        "",
        "Path below which a proxy has this server in its site; a trusted proxy may say it instead.",
        values.base_path,
        sample="/kuma",
    )
    allowed_hosts: str = declare(
        "",
        "Names, with commas between, under which it may be opened while logging in is switched off; besides "
        'addresses, and names under which somebody has logged in. "*" is every name.',
        values.text,
        sample="kuma.example.com",
    )
    log_level: str = declare(
        "info",
        'How much is logged: "debug", "info", "warning" or "error".',
        values.one_of("debug", "info", "warning", "error"),
    )
    log_format: str = declare(
        "text",
        'Lines for people ("text") or for machines ("json").',
        values.one_of("text", "json"),
        "UPTIME_KUMA_LOG_FORMAT",
    )
    connectivity_target: str = declare(
        "",
        "Host and port that is asked every few seconds, to know whether our own network is down.",
        values.host_and_port,
        sample="192.0.2.1:443",
    )
    notification_proxy: str = declare(
        "",
        "Proxy for the messages of notification services: http, https, socks4, socks5 or socks5h, as a URL.",
        values.text,
        "NOTIFICATION_PROXY",
        "notification_proxy",
        secret=True,
        sample="http://proxy.example:3128",
    )
    cloudflared_token: str | None = declare(
        None,
        "Token of a Cloudflare tunnel, which the program cloudflared keeps open.",
        values.text,
        "UPTIME_KUMA_CLOUDFLARED_TOKEN",
        secret=True,
        sample="",
    )
    plugins_dir: Path | None = declare(
        None,
        "Folder of Python packages with further monitor types and notification services.",
        values.path,
        sample="/opt/kuma-lite/plugins",
    )
    is_container: bool = declare(
        False,
        "Tell clients that this runs in a container.",
        values.switch,
        "UPTIME_KUMA_IS_CONTAINER",
        switch=True,
    )

    allow_all_chrome_exec: bool = declare(
        False,
        "Let the settings page name any program as the browser of monitors, not only those in usual places.",
        values.switch,
        "UPTIME_KUMA_ALLOW_ALL_CHROME_EXEC",
        switch=True,
    )
    apply: Path | None = declare(
        None,
        "Configuration file that rules: applied at the start and on SIGHUP, things it drops are removed.",
        values.path,
        sample="/etc/kuma-lite/kuma.yaml",
    )
    page_copies: Path | None = declare(
        None,
        "Folder that keeps a static copy of every status page for everybody, in a folder by its slug.",
        values.path,
        sample="/var/www/status",
    )
    import_kuma_db: bool = declare(
        False,
        "At the first start, take over the kuma.db of an Uptime Kuma in the data folder without asking.",
        values.switch,
        switch=True,
    )

    @property
    def host_names(self) -> list[str]:
        """The names of `allowed_hosts`."""
        return [name for part in self.allowed_hosts.split(",") if (name := part.strip().lower())]

    @property
    def acme_names(self) -> list[str]:
        """The names of `acme`; none: no certificate is got by itself."""
        return [name.strip() for name in self.acme.split(",") if name.strip()]

    @property
    def tls(self) -> Tls | None:
        """The certificate to serve HTTPS with; None serves HTTP."""
        if self.acme:
            both = self.data_dir.absolute() / ACME_FOLDER / ACME_CERTIFICATE
            return Tls(both, both)
        if self.ssl_cert is None or self.ssl_key is None:
            return None
        return Tls(self.ssl_cert, self.ssl_key, self.ssl_key_passphrase)


SETTINGS: Final[dict[str, Setting]] = {entry.name: entry.metadata[DECLARATION] for entry in fields(Config)}
DEFAULTS: Final = {entry.name: entry.default for entry in fields(Config) if entry.default is not MISSING}


def add_options(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add `--config` and a flag for every setting that is no secret; what is not given stays None.

    `names`: those that a command needs; all when there are none.
    """
    parser.add_argument(
        "--config",
        metavar="FILE",
        help=f"TOML file with settings [{FILE_NAME} in the data folder]; one of YAML is as with --apply",
    )
    for name, setting in SETTINGS.items():
        if setting.secret or (names and name not in names):
            continue
        default = "" if DEFAULTS[name] in (None, "", False) else f" [{DEFAULTS[name]}]"
        text = (setting.help + default).replace("%", "%%")
        flag = "--" + name.replace("_", "-")
        if setting.switch:
            parser.add_argument(flag, action="store_const", const=True, help=text)
        else:
            parser.add_argument(flag, metavar=name.rsplit("_", 1)[-1].upper(), help=text)


def load_config(options: argparse.Namespace, environment: Mapping[str, str] | None = None) -> Config:
    """Put all sources together.

    Args:
        options: parsed arguments; None counts as not given, what is no setting is ignored.
        environment: variables; the process's own when None.

    Raises:
        StartupError: one sentence that names the source and what it must be.
    """
    flags = vars(options)
    variables = os.environ if environment is None else environment
    above_file = _from_environment(variables) | _from_flags(flags)
    chosen = flags.get("config") or variables.get(f"{PREFIX}CONFIG")
    folder = above_file.get("data_dir") or _default_folder()
    values: dict[str, Any] = {}
    if chosen and chosen.lower().endswith(_RULING_SUFFIXES):  # no settings: a file that rules
        if "apply" in above_file:
            raise StartupError(f"Only one file can rule: {chosen} or {above_file['apply']}.")
        values, chosen = {"apply": _read("apply", chosen, "--config")}, None
    values = _from_file(Path(chosen) if chosen else folder / FILE_NAME, must_exist=bool(chosen)) | values
    found: dict[str, Any] = {"data_dir": folder}
    config = Config(**(found | values | above_file))
    refuse_contradictions(config)
    return config


def _default_folder() -> Path:
    """`./data`, or the service's where that is not there and the service's is."""
    here: Path = DEFAULTS["data_dir"]
    return here if os.path.lexists(here) or not os.path.lexists(SERVICE_FOLDER) else SERVICE_FOLDER


def _from_flags(flags: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _read(name, flags[name], f"--{name.replace('_', '-')}")
        for name in SETTINGS
        if flags.get(name) is not None
    }


def _from_environment(variables: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    for name, setting in SETTINGS.items():
        for variable in (f"{PREFIX}{name.upper()}", *setting.others):
            text = _variable(variables, variable, setting)
            if text is not None:
                values[name] = _read(name, text, variable)
                break
    return values


def _variable(variables: Mapping[str, str], variable: str, setting: Setting) -> str | None:
    text = variables.get(variable)
    if text is not None:
        # Kubernetes sets NAME_PORT=tcp://... for a service called NAME, and some shells set HOST to the name
        # of the machine; nobody meant these as settings.
        of_shell = variable == _SHELLS_NAME and text == socket.gethostname()
        return None if of_shell or text.startswith("tcp://") else text
    path = variables.get(variable + FILE_SUFFIX) if setting.secret else None
    if path is None:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise StartupError(f"The file {path}, named by {variable}{FILE_SUFFIX}, cannot be read.") from None


def _from_file(path: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if must_exist:
            raise StartupError(f"The settings file {path} does not exist.") from None
        return {}
    except (OSError, UnicodeDecodeError):
        raise StartupError(f"The settings file {path} cannot be read.") from None
    import tomllib  # most servers have no such file

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StartupError(f"The settings file {path} is not valid TOML: {error}.") from None
    for key in document:
        if key not in SETTINGS:
            from difflib import get_close_matches  # only who mistyped needs it

            close = get_close_matches(key, SETTINGS, 1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise StartupError(f"The settings file {path} has an unknown setting: {key}.{hint}")
    return {name: _read(name, value, f"{name} in {path}") for name, value in document.items()}


def _read(name: str, value: Any, source: str) -> Any:
    try:
        return SETTINGS[name].read(value)
    except BadValue as error:
        shown = "" if SETTINGS[name].secret else f", not {value!r}"
        raise StartupError(f"{source} must be {error}{shown}.") from None
