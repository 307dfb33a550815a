"""Databases as Uptime Kuma 1.18, 1.23 and 2.5 have them, with one of everything.

The schemas follow the public description of its tables: columns appear in the version that brought them, and
in v1 with the types and defaults the patches gave them.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

VERSIONS = ("1.18", "1.23", "2.5")

# bcrypt of "Secret-1234"
PASSWORD_HASH = "$2a$10$AKvdhgb6HN9Pybki.M4Oge7xNlJSjT0AmnHbin7RI73oURlxsmyQy"
JWT_SECRET = "$2a$10$i3A1L7baVLU0cvEv5IUbx.S1DvMK0DtNO/5wsh3Ryl7PWrHM6fVZS"
TWOFA_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

CONDITIONS = [
    {"type": "expression", "variable": "record", "operator": "contains", "value": "1", "andOr": "and"}
]

_TABLES_1_18 = """
CREATE TABLE user (id INTEGER PRIMARY KEY AUTOINCREMENT, username VARCHAR(255) NOT NULL UNIQUE,
  password VARCHAR(255), active BOOLEAN NOT NULL DEFAULT 1, timezone VARCHAR(150),
  twofa_secret VARCHAR(64), twofa_status BOOLEAN DEFAULT 0 NOT NULL, twofa_last_token VARCHAR(6));
CREATE TABLE setting (id INTEGER PRIMARY KEY AUTOINCREMENT, key VARCHAR(200) NOT NULL UNIQUE, value TEXT,
  type VARCHAR(20));
CREATE TABLE docker_host (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INT NOT NULL,
  docker_daemon VARCHAR(255), docker_type VARCHAR(255), name VARCHAR(255));
CREATE TABLE proxy (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INT NOT NULL, protocol VARCHAR(10) NOT NULL,
  host VARCHAR(255) NOT NULL, port SMALLINT NOT NULL, auth BOOLEAN NOT NULL, username VARCHAR(255),
  password VARCHAR(255), active BOOLEAN NOT NULL DEFAULT 1, [default] BOOLEAN NOT NULL DEFAULT 0,
  created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL);
CREATE TABLE monitor (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(150),
  active BOOLEAN NOT NULL DEFAULT 1, user_id INTEGER REFERENCES user ON UPDATE CASCADE ON DELETE SET NULL,
  interval INTEGER NOT NULL DEFAULT 20, url TEXT, type VARCHAR(20), weight INTEGER DEFAULT 2000,
  hostname VARCHAR(255), port INTEGER, created_date DATETIME NOT NULL DEFAULT (DATETIME('now')),
  keyword VARCHAR(255), maxretries INTEGER NOT NULL DEFAULT 0, ignore_tls BOOLEAN NOT NULL DEFAULT 0,
  upside_down BOOLEAN NOT NULL DEFAULT 0, maxredirects INTEGER NOT NULL DEFAULT 10,
  accepted_statuscodes_json TEXT NOT NULL DEFAULT '["200-299"]', dns_resolve_type VARCHAR(5),
  dns_resolve_server VARCHAR(255), dns_last_result VARCHAR(255), retry_interval INTEGER NOT NULL DEFAULT 0,
  push_token VARCHAR(20), method TEXT NOT NULL DEFAULT 'GET', body TEXT, headers TEXT, basic_auth_user TEXT,
  basic_auth_pass TEXT, docker_host INTEGER REFERENCES docker_host(id), docker_container VARCHAR(255),
  proxy_id INTEGER REFERENCES proxy(id), expiry_notification BOOLEAN DEFAULT 1, mqtt_topic TEXT,
  mqtt_success_message VARCHAR(255), mqtt_username VARCHAR(255), mqtt_password VARCHAR(255),
  database_connection_string VARCHAR(2000), database_query TEXT, auth_method VARCHAR(250), auth_domain TEXT,
  auth_workstation TEXT, radius_username VARCHAR(255), radius_password VARCHAR(255),
  radius_calling_station_id VARCHAR(50), radius_called_station_id VARCHAR(50), radius_secret VARCHAR(255),
  resend_interval INTEGER NOT NULL DEFAULT 0);
CREATE TABLE heartbeat (id INTEGER PRIMARY KEY AUTOINCREMENT, important BOOLEAN NOT NULL DEFAULT 0,
  monitor_id INTEGER NOT NULL REFERENCES monitor ON UPDATE CASCADE ON DELETE CASCADE,
  status SMALLINT NOT NULL, msg TEXT, time DATETIME NOT NULL, ping INTEGER,
  duration INTEGER NOT NULL DEFAULT 0, down_count INTEGER NOT NULL DEFAULT 0);
CREATE INDEX important ON heartbeat (important);
CREATE INDEX monitor_id ON heartbeat (monitor_id);
CREATE INDEX monitor_time_index ON heartbeat (monitor_id, time);
CREATE INDEX monitor_important_time_index ON heartbeat (monitor_id, important, time);
CREATE TABLE notification (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(255), config VARCHAR(255),
  active BOOLEAN NOT NULL DEFAULT 1, user_id INTEGER NOT NULL, is_default BOOLEAN NOT NULL DEFAULT 0);
CREATE TABLE monitor_notification (id INTEGER PRIMARY KEY,
  monitor_id INTEGER NOT NULL REFERENCES monitor ON DELETE CASCADE,
  notification_id INTEGER NOT NULL REFERENCES notification ON DELETE CASCADE);
CREATE TABLE notification_sent_history (id INTEGER PRIMARY KEY AUTOINCREMENT, type VARCHAR(50) NOT NULL,
  monitor_id INTEGER NOT NULL, days INTEGER NOT NULL, UNIQUE (type, monitor_id, days));
CREATE TABLE tag (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(255) NOT NULL,
  color VARCHAR(255) NOT NULL, created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL);
CREATE TABLE monitor_tag (id INTEGER PRIMARY KEY AUTOINCREMENT,
  monitor_id INTEGER NOT NULL REFERENCES monitor ON DELETE CASCADE,
  tag_id INTEGER NOT NULL REFERENCES tag ON DELETE CASCADE, value TEXT);
CREATE TABLE monitor_tls_info (id INTEGER PRIMARY KEY AUTOINCREMENT, monitor_id INTEGER NOT NULL,
  info_json TEXT);
CREATE TABLE status_page (id INTEGER PRIMARY KEY AUTOINCREMENT, slug VARCHAR(255) NOT NULL UNIQUE,
  title VARCHAR(255) NOT NULL, description TEXT, icon VARCHAR(255) NOT NULL, theme VARCHAR(30) NOT NULL,
  published BOOLEAN NOT NULL DEFAULT 1, search_engine_index BOOLEAN NOT NULL DEFAULT 1,
  show_tags BOOLEAN NOT NULL DEFAULT 0, password VARCHAR,
  created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL,
  modified_date DATETIME DEFAULT (DATETIME('now')) NOT NULL, footer_text TEXT, custom_css TEXT,
  show_powered_by BOOLEAN NOT NULL DEFAULT 1);
CREATE TABLE status_page_cname (id INTEGER PRIMARY KEY AUTOINCREMENT,
  status_page_id INTEGER NOT NULL REFERENCES status_page ON DELETE CASCADE, domain VARCHAR NOT NULL UNIQUE);
CREATE TABLE "group" (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(255) NOT NULL,
  created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL, public BOOLEAN NOT NULL DEFAULT 0,
  active BOOLEAN NOT NULL DEFAULT 1, weight BOOLEAN NOT NULL DEFAULT 1000, status_page_id INTEGER);
CREATE TABLE monitor_group (id INTEGER PRIMARY KEY AUTOINCREMENT,
  monitor_id INTEGER NOT NULL REFERENCES monitor ON DELETE CASCADE,
  group_id INTEGER NOT NULL REFERENCES "group" ON DELETE CASCADE, weight BOOLEAN NOT NULL DEFAULT 1000,
  send_url BOOLEAN NOT NULL DEFAULT 0);
CREATE TABLE incident (id INTEGER PRIMARY KEY AUTOINCREMENT, title VARCHAR(255) NOT NULL,
  content TEXT NOT NULL, style VARCHAR(30) NOT NULL DEFAULT 'warning',
  created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL, last_updated_date DATETIME,
  pin BOOLEAN NOT NULL DEFAULT 1, active BOOLEAN NOT NULL DEFAULT 1, status_page_id INTEGER);
"""

_SINCE_1_18_UP_TO_1_23 = """
ALTER TABLE monitor ADD COLUMN grpc_url VARCHAR(255);
ALTER TABLE monitor ADD COLUMN grpc_protobuf TEXT;
ALTER TABLE monitor ADD COLUMN grpc_body TEXT;
ALTER TABLE monitor ADD COLUMN grpc_metadata TEXT;
ALTER TABLE monitor ADD COLUMN grpc_method VARCHAR(255);
ALTER TABLE monitor ADD COLUMN grpc_service_name VARCHAR(255);
ALTER TABLE monitor ADD COLUMN grpc_enable_tls BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE monitor ADD COLUMN packet_size INTEGER DEFAULT 56 NOT NULL;
ALTER TABLE monitor ADD COLUMN game VARCHAR(255);
ALTER TABLE monitor ADD COLUMN http_body_encoding VARCHAR(25);
ALTER TABLE monitor ADD COLUMN description TEXT;
ALTER TABLE monitor ADD COLUMN tls_ca TEXT;
ALTER TABLE monitor ADD COLUMN tls_cert TEXT;
ALTER TABLE monitor ADD COLUMN tls_key TEXT;
ALTER TABLE monitor ADD COLUMN parent INTEGER REFERENCES monitor ON UPDATE CASCADE ON DELETE SET NULL;
ALTER TABLE monitor ADD COLUMN invert_keyword BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE monitor ADD COLUMN json_path TEXT;
ALTER TABLE monitor ADD COLUMN expected_value VARCHAR(255);
ALTER TABLE monitor ADD COLUMN kafka_producer_topic VARCHAR(255);
ALTER TABLE monitor ADD COLUMN kafka_producer_brokers TEXT;
ALTER TABLE monitor ADD COLUMN kafka_producer_ssl INTEGER;
ALTER TABLE monitor ADD COLUMN kafka_producer_allow_auto_topic_creation VARCHAR(255);
ALTER TABLE monitor ADD COLUMN kafka_producer_sasl_options TEXT;
ALTER TABLE monitor ADD COLUMN kafka_producer_message TEXT;
ALTER TABLE monitor ADD COLUMN oauth_client_id TEXT;
ALTER TABLE monitor ADD COLUMN oauth_client_secret TEXT;
ALTER TABLE monitor ADD COLUMN oauth_token_url TEXT;
ALTER TABLE monitor ADD COLUMN oauth_scopes TEXT;
ALTER TABLE monitor ADD COLUMN oauth_auth_method TEXT;
ALTER TABLE monitor ADD COLUMN timeout DOUBLE DEFAULT 0 NOT NULL;
ALTER TABLE monitor ADD COLUMN gamedig_given_port_only BOOLEAN DEFAULT 1 NOT NULL;
ALTER TABLE status_page ADD COLUMN google_analytics_tag_id VARCHAR;
ALTER TABLE status_page ADD COLUMN show_certificate_expiry BOOLEAN DEFAULT 0 NOT NULL;
CREATE TABLE maintenance (id INTEGER PRIMARY KEY AUTOINCREMENT, title VARCHAR(150) NOT NULL,
  description TEXT NOT NULL, user_id INTEGER REFERENCES user ON DELETE SET NULL ON UPDATE CASCADE,
  active BOOLEAN NOT NULL DEFAULT 1, strategy VARCHAR(50) NOT NULL DEFAULT 'single', start_date DATETIME,
  end_date DATETIME, start_time TIME, end_time TIME, weekdays VARCHAR2(250) DEFAULT '[]',
  days_of_month TEXT DEFAULT '[]', interval_day INTEGER, cron TEXT, timezone VARCHAR(255), duration INTEGER);
CREATE TABLE monitor_maintenance (id INTEGER PRIMARY KEY AUTOINCREMENT,
  monitor_id INTEGER NOT NULL REFERENCES monitor ON DELETE CASCADE,
  maintenance_id INTEGER NOT NULL REFERENCES maintenance ON DELETE CASCADE);
CREATE TABLE maintenance_status_page (id INTEGER PRIMARY KEY AUTOINCREMENT,
  status_page_id INTEGER NOT NULL REFERENCES status_page ON DELETE CASCADE,
  maintenance_id INTEGER NOT NULL REFERENCES maintenance ON DELETE CASCADE);
CREATE TABLE api_key (id INTEGER PRIMARY KEY AUTOINCREMENT, key VARCHAR(255) NOT NULL,
  name VARCHAR(255) NOT NULL, user_id INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
  created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL, active BOOLEAN DEFAULT 1 NOT NULL,
  expires DATETIME DEFAULT NULL);
"""

_SINCE_2 = """
CREATE TABLE knex_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(255), batch INTEGER,
  migration_time DATETIME);
CREATE TABLE remote_browser (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(255) NOT NULL,
  url VARCHAR(255) NOT NULL, user_id INTEGER);
CREATE TABLE domain_expiry (id INTEGER PRIMARY KEY AUTOINCREMENT, last_check DATETIME,
  domain VARCHAR(255) NOT NULL UNIQUE, expiry DATETIME, last_expiry_notification_sent INTEGER);
CREATE TABLE stat_minutely (id INTEGER PRIMARY KEY AUTOINCREMENT, monitor_id INTEGER NOT NULL REFERENCES
  monitor (id) ON DELETE CASCADE ON UPDATE CASCADE, timestamp INTEGER NOT NULL, ping FLOAT NOT NULL,
  up INTEGER NOT NULL, down INTEGER NOT NULL, ping_min FLOAT NOT NULL DEFAULT 0,
  ping_max FLOAT NOT NULL DEFAULT 0, extras TEXT, UNIQUE (monitor_id, timestamp));
CREATE TABLE stat_hourly (id INTEGER PRIMARY KEY AUTOINCREMENT, monitor_id INTEGER NOT NULL REFERENCES
  monitor (id) ON DELETE CASCADE ON UPDATE CASCADE, timestamp INTEGER NOT NULL, ping FLOAT NOT NULL,
  ping_min FLOAT NOT NULL DEFAULT 0, ping_max FLOAT NOT NULL DEFAULT 0, up INTEGER NOT NULL,
  down INTEGER NOT NULL, extras TEXT, UNIQUE (monitor_id, timestamp));
CREATE TABLE stat_daily (id INTEGER PRIMARY KEY AUTOINCREMENT, monitor_id INTEGER NOT NULL REFERENCES
  monitor (id) ON DELETE CASCADE ON UPDATE CASCADE, timestamp INTEGER NOT NULL, ping FLOAT NOT NULL,
  up INTEGER NOT NULL, down INTEGER NOT NULL, ping_min FLOAT NOT NULL DEFAULT 0,
  ping_max FLOAT NOT NULL DEFAULT 0, extras TEXT, UNIQUE (monitor_id, timestamp));
ALTER TABLE heartbeat ADD COLUMN end_time DATETIME;
ALTER TABLE heartbeat ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE heartbeat ADD COLUMN response TEXT;
ALTER TABLE monitor_group ADD COLUMN custom_url TEXT;
ALTER TABLE maintenance ADD COLUMN last_start_date DATETIME;
ALTER TABLE status_page RENAME COLUMN google_analytics_tag_id TO analytics_id;
ALTER TABLE status_page ADD COLUMN analytics_script_url VARCHAR(255);
ALTER TABLE status_page ADD COLUMN analytics_type VARCHAR(255);
ALTER TABLE status_page ADD COLUMN auto_refresh_interval INTEGER DEFAULT 300;
ALTER TABLE status_page ADD COLUMN show_only_last_heartbeat BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE status_page ADD COLUMN rss_title VARCHAR(255);
"""

_MONITOR_SINCE_2 = """
mqtt_check_type varchar(255) NOT NULL DEFAULT 'keyword'; remote_browser integer REFERENCES remote_browser;
snmp_oid varchar(255); snmp_version text DEFAULT '2c'; json_path_operator varchar(255);
cache_bust boolean NOT NULL DEFAULT 0; conditions text NOT NULL DEFAULT '[]'; rabbitmq_nodes text;
rabbitmq_username varchar(255); rabbitmq_password varchar(255); smtp_security varchar(255);
ping_count integer NOT NULL DEFAULT 1; ping_numeric boolean NOT NULL DEFAULT 1;
ping_per_request_timeout integer NOT NULL DEFAULT 2; ip_family varchar(4); manual_status integer;
oauth_audience varchar(255); mqtt_websocket_path varchar(255);
ws_ignore_sec_websocket_accept_header boolean NOT NULL DEFAULT 0;
ws_subprotocol varchar(255) NOT NULL DEFAULT ''; domain_expiry_notification boolean DEFAULT 0;
save_response boolean NOT NULL DEFAULT 0; save_error_response boolean NOT NULL DEFAULT 1;
response_max_length integer NOT NULL DEFAULT 1024; system_service_name varchar(255); subtype varchar(10);
location varchar(255); protocol varchar(20); snmp_v3_username varchar(255); expected_tls_alert varchar(50);
retry_only_on_status_code_failure boolean NOT NULL DEFAULT 0; screenshot_delay integer NOT NULL DEFAULT 0;
bearer_token text; gamedig_token text; ntp_stratum_threshold integer DEFAULT 5;
ntp_time_offset_threshold integer DEFAULT 1000; ntp_root_dispersion_threshold integer DEFAULT 500
"""


def make_kuma(folder: Path, version: str, *, filled: bool = True) -> Path:
    """A data folder of that version with one of (nearly) everything; returns its `kuma.db`."""
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "kuma.db"
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(_TABLES_1_18)
    if version != "1.18":
        connection.executescript(_SINCE_1_18_UP_TO_1_23)
    if version.startswith("2"):
        connection.executescript(_SINCE_2)
        for column in _MONITOR_SINCE_2.split(";"):
            connection.execute(f"ALTER TABLE monitor ADD COLUMN {column}")
        (folder / "db-config.json").write_text('{\n    "type": "sqlite"\n}')
    _people(connection)
    if filled:
        _things(connection)
        if version != "1.18":
            _things_of_1_23(connection)
        if version.startswith("2"):
            _things_of_2(connection)
        (folder / "upload").mkdir(exist_ok=True)
        (folder / "upload" / "logo1.png").write_bytes(b"\x89PNG picture")
    connection.commit()
    connection.close()
    return database


def insert(connection: sqlite3.Connection, table: str, **values: Any) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(values.values()))


def _people(connection: sqlite3.Connection) -> None:
    insert(
        connection,
        "user",
        id=1,
        username="admin",
        password=PASSWORD_HASH,
        twofa_secret=TWOFA_SECRET,
        twofa_status=0,
    )
    for key, value, kind in (
        ("jwtSecret", JWT_SECRET, None),
        ("database_version", "10", None),
        ("primaryBaseURL", '"https://kuma.example.com"', "general"),
        ("tlsExpiryNotifyDays", "[7,30]", "general"),
        ("keepDataPeriodDays", "180", "general"),
        ("serverTimezone", '"Europe/Berlin"', "general"),
        ("entryPage", "dashboard", "general"),  # not JSON: as early versions wrote it
    ):
        insert(connection, "setting", key=key, value=value, type=kind)


def _things(connection: sqlite3.Connection) -> None:
    insert(
        connection,
        "docker_host",
        id=3,
        user_id=1,
        docker_daemon="/var/run/docker.sock",
        docker_type="socket",
        name="dock",
    )
    insert(
        connection,
        "proxy",
        id=4,
        user_id=1,
        protocol="http",
        host="127.0.0.1",
        port=3128,
        auth=1,
        username="u",
        password="proxy-secret",
        active=1,
        default=1,
    )
    insert(
        connection,
        "monitor",
        id=5,
        name="web",
        user_id=1,
        interval=60,
        url="http://127.0.0.1:9/",
        type="http",
        basic_auth_user="u",
        basic_auth_pass="http-secret",
        auth_method=None,
        proxy_id=4,
        maxretries=2,
        headers='{"X-A": "b"}',
        accepted_statuscodes_json='["200-299", "418"]',
        weight=3000,
    )
    insert(
        connection, "monitor", id=7, name="push", user_id=1, interval=60, type="push", push_token="abcdefghij"
    )
    insert(
        connection,
        "monitor",
        id=9,
        name="docker",
        user_id=None,
        active=0,
        type="docker",
        docker_host=3,
        docker_container="c1",
    )
    insert(connection, "tag", id=2, name="région é", color="#DC2626", created_date="2022-05-01 10:00:00")
    insert(connection, "monitor_tag", id=1, monitor_id=5, tag_id=2, value="a")
    insert(connection, "monitor_tag", id=2, monitor_id=5, tag_id=2, value="b")
    for number, name, config in (
        (1, "hook", {"type": "webhook", "webhookURL": "http://127.0.0.1:9/", "secret": "hook-secret"}),
        (2, "line", {"type": "LineNotify", "lineNotifyAccessToken": "t"}),
    ):
        config = {"name": name, "isDefault": number == 1, "applyExisting": False, **config}
        insert(
            connection,
            "notification",
            id=number,
            name=name,
            user_id=1,
            is_default=number == 1,
            config=json.dumps(config),
        )
        insert(connection, "monitor_notification", monitor_id=5, notification_id=number)
    insert(
        connection,
        "status_page",
        id=1,
        slug="main",
        title="Our status",
        icon="/upload/logo1.png?t=1",
        theme="dark",
        custom_css="body{}",
        footer_text="foot",
        show_tags=1,
    )
    insert(connection, "status_page_cname", id=1, status_page_id=1, domain="status.example.com")
    insert(connection, "group", id=1, name="Core", public=1, weight=1, status_page_id=1)
    insert(connection, "group", id=2, name="Lost", public=1, weight=1, status_page_id=99)
    insert(connection, "monitor_group", id=1, monitor_id=5, group_id=1, weight=1, send_url=1)
    insert(
        connection,
        "incident",
        id=1,
        title="We look into it",
        content="**slow**",
        style="warning",
        created_date="2023-05-01 10:00:00",
        pin=1,
        active=1,
        status_page_id=1,
    )
    insert(
        connection,
        "monitor_tls_info",
        monitor_id=5,
        info_json=json.dumps({"valid": True, "certInfo": {"fingerprint256": "AA:BB", "daysRemaining": 9}}),
    )
    insert(connection, "notification_sent_history", type="certificate", monitor_id=5, days=30)


def _things_of_1_23(connection: sqlite3.Connection) -> None:
    insert(connection, "monitor", id=10, name="all", user_id=1, type="group", timeout=48, interval=60)
    connection.execute("UPDATE monitor SET parent = 10 WHERE id IN (5, 7)")
    insert(
        connection,
        "monitor",
        id=11,
        name="jq",
        user_id=1,
        type="json-query",
        url="http://127.0.0.1:9/j",
        json_path="$.a",
        expected_value="1",
        timeout=48,
        interval=60,
    )
    insert(connection, "monitor", id=12, name="game", user_id=1, type="gamedig", game="csgo", timeout=48)
    insert(
        connection,
        "monitor",
        id=13,
        name="old game",
        user_id=1,
        type="gamedig",
        game="left4dead2",
        timeout=48,
    )
    insert(
        connection,
        "monitor",
        id=14,
        name="kafka",
        user_id=1,
        type="kafka-producer",
        timeout=48,
        kafka_producer_brokers='["127.0.0.1:9092"]',
        kafka_producer_ssl=0,
        kafka_producer_allow_auto_topic_creation="false",
        kafka_producer_sasl_options='{"mechanism":"plain","username":"u","password":"kafka-secret"}',
    )
    for number, strategy, more in (
        (1, "manual", {}),
        (2, "single", {"start_date": "2023-01-01 00:00:00", "end_date": "2023-01-02 00:00:00"}),
        (3, "recurring-interval", {"interval_day": 3, "cron": "0 2 */3 * *"}),
        (4, "recurring-weekday", {"weekdays": "[1,3]", "cron": "0 2 * * 1,3", "timezone": None}),
        (5, "cron", {"cron": "30 3 * * *", "duration": 1800}),
        (6, "full-moon", {}),
    ):
        times = {"start_time": "02:00", "end_time": "03:30"} if strategy.startswith("recurring") else {}
        values = {"timezone": "Europe/Berlin", "start_date": "2023-01-01 00:00:00", **times, **more}
        insert(
            connection,
            "maintenance",
            id=number,
            title=strategy,
            description="d",
            user_id=1,
            active=number > 1,
            strategy=strategy,
            **values,
        )
        insert(connection, "monitor_maintenance", monitor_id=5, maintenance_id=number)
    insert(connection, "maintenance_status_page", status_page_id=1, maintenance_id=2)
    insert(
        connection,
        "api_key",
        id=1,
        key="$2a$10$yMI6c/3XwX2BHuSgeVJ9L.lyFEttDOtR81K.as/CA3zrC6wuh1cD2",
        name="prom",
        user_id=1,
        expires="2040-12-31 23:59:59",
    )
    analytics = (
        "google_analytics_tag_id" if "google_analytics_tag_id" in columns(connection, "status_page") else ""
    )
    connection.execute(f"UPDATE status_page SET {analytics or 'analytics_id'} = 'G-123'")


def _things_of_2(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO knex_migrations (name, batch) VALUES ('2023-08-16-0000-create-uptime.js', 1)"
    )
    insert(connection, "setting", key="migrateAggregateTableState", value='"migrated"')
    insert(connection, "remote_browser", id=2, name="rb", url="ws://127.0.0.1:3000", user_id=1)
    insert(
        connection,
        "monitor",
        id=15,
        name="browser",
        user_id=1,
        type="real-browser",
        remote_browser=2,
        url="http://127.0.0.1:9/",
        timeout=48,
        bearer_token="bearer-secret",
        conditions=json.dumps(CONDITIONS),
    )
    insert(connection, "domain_expiry", domain="example.com", expiry="2030-01-01 00:00:00.000")


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]


def add_beats(database: Path, monitor_id: int, rows: list[dict[str, Any]]) -> None:
    """Beats of a monitor; what a row leaves out is an ordinary UP."""
    connection = sqlite3.connect(database)
    for row in rows:
        insert(
            connection,
            "heartbeat",
            **{"monitor_id": monitor_id, "status": 1, "msg": "200 - OK", "ping": 20, **row},
        )
    connection.commit()
    connection.close()
