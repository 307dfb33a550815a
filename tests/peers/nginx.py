"""nginx over HTTP and HTTPS: `/`, `/json`, `/gzip` (packed), `/old` (301), `/closed` (Basic), `/gone` (410).

`running` gives its ports; the certificate is for localhost.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.net.authority import Issued, issue
from tests.peers.support import accepts, keep, started
from tests.support.ports import free_port

PROGRAM = "nginx"
USER, PASSWORD = "kuma", "secret"


class Ports(NamedTuple):
    http: int
    https: int


@asynccontextmanager
async def running(folder: Path, certificate: Issued | None = None) -> AsyncIterator[Ports]:
    ports = Ports(free_port(), free_port())
    certificate = certificate or issue("localhost", names=("localhost",))
    (folder / "site.pem").write_text(certificate.pem)
    (folder / "site.key").write_text(certificate.key_pem)
    (folder / "passwords").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    site = folder / "site"
    site.mkdir()
    (site / "index.html").write_text("<h1>It works</h1>")
    (site / "gzip").write_text("packed words " * 200)
    (folder / "nginx.conf").write_text(f"""\
daemon off;
user root;
pid {folder / "pid"};
error_log {folder / "errors"};
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder / "body"};
  proxy_temp_path {folder / "proxy"};
  fastcgi_temp_path {folder / "fastcgi"};
  uwsgi_temp_path {folder / "uwsgi"};
  scgi_temp_path {folder / "scgi"};
  gzip on;
  gzip_types *;
  server {{
    listen 127.0.0.1:{ports.http};
    listen 127.0.0.1:{ports.https} ssl;
    ssl_certificate {folder / "site.pem"};
    ssl_certificate_key {folder / "site.key"};
    root {site};
    location = /json {{ default_type application/json; return 200 '{{"stock": {{"apples": 3}}}}'; }}
    location = /old {{ return 301 /; }}
    location = /gone {{ return 410; }}
    location = /closed {{
      auth_basic "shop";
      auth_basic_user_file {folder / "passwords"};
      try_files /index.html =404;
    }}
  }}
}}
""")
    command = (PROGRAM, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "errors")
    async with started(*command, ready=accepts(ports.http), folder=folder):
        yield ports


def basic() -> str:
    """The header that opens `/closed`."""
    return "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


if __name__ == "__main__":
    keep(running)
