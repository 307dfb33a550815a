from __future__ import annotations

import argparse
import socket
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core import config
from kuma_lite.core.config import SETTINGS, Config, Tls, add_options, load_config
from kuma_lite.core.config_sample import sample_toml
from kuma_lite.core.errors import StartupError
from kuma_lite.core.limits import DEFAULT_HOST


def load(*flags: str, **environment: str) -> Config:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return load_config(parser.parse_args(flags), environment)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "SERVICE_FOLDER", tmp_path / "var" / "kuma-lite")  # not this machine's
    return tmp_path


def test_defaults(folder: Path) -> None:
    config = load()
    assert vars(config) == vars(Config())
    assert (config.host, config.port, config.data_dir) == ("127.0.0.1", 3001, Path("data"))


def test_the_folder_of_the_service(folder: Path) -> None:
    """It is taken when nobody names another and there is none here; its settings file, too."""
    service = config.SERVICE_FOLDER
    assert load().data_dir == Path("data")
    service.mkdir(parents=True)
    (service / "kuma-lite.toml").write_text("port = 4000\n")
    assert (load().data_dir, load().port) == (service, 4000)
    assert load("--data-dir", "other").data_dir == Path("other")
    assert load(DATA_DIR="other").data_dir == Path("other")
    (folder / "data").mkdir()
    assert (load().data_dir, load().port) == (Path("data"), 3001)


@pytest.mark.parametrize(
    ("flags", "environment", "port"),
    [
        ([], {}, 4000),
        ([], {"PORT": "4001"}, 4001),
        ([], {"UPTIME_KUMA_PORT": "4002", "PORT": "4001"}, 4002),
        ([], {"KUMA_LITE_PORT": "4003", "UPTIME_KUMA_PORT": "4002"}, 4003),
        (["--port", "4004"], {"KUMA_LITE_PORT": "4003"}, 4004),
    ],
)
def test_precedence(folder: Path, flags: list[str], environment: dict[str, str], port: int) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "kuma-lite.toml").write_text("port = 4000\n")
    assert load(*flags, **environment).port == port


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("UPTIME_KUMA_HOST", "::", "host", "::"),
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("DATA_DIR", "/srv/kuma", "data_dir", Path("/srv/kuma")),
        ("UPTIME_KUMA_DISABLE_FRAME_SAMEORIGIN", "anything", "disable_frame_sameorigin", True),
        ("UPTIME_KUMA_DISABLE_FRAME_SAMEORIGIN", "false", "disable_frame_sameorigin", False),
        ("UPTIME_KUMA_WS_ORIGIN_CHECK", "bypass", "ws_origin_check", "bypass"),
        ("UPTIME_KUMA_LOG_FORMAT", "json", "log_format", "json"),
        ("UPTIME_KUMA_IS_CONTAINER", "1", "is_container", True),
        ("KUMA_LITE_LOG_LEVEL", "debug", "log_level", "debug"),
        ("KUMA_LITE_CONNECTIVITY_TARGET", "192.0.2.1:443", "connectivity_target", "192.0.2.1:443"),
        ("KUMA_LITE_CONNECTIVITY_TARGET", "", "connectivity_target", ""),
    ],
)
def test_names_in_the_environment(folder: Path, variable: str, text: str, name: str, value: Any) -> None:
    assert getattr(load(**{variable: text}), name) == value


@pytest.mark.parametrize(
    ("flags", "environment", "sentence"),
    [
        (["--port", "x"], {}, "--port must be a number from 1 to 65535, not 'x'."),
        (["--port", "0"], {}, "--port must be a number"),
        (["--port", "65536"], {}, "--port must be a number"),
        ([], {"UPTIME_KUMA_PORT": "-1"}, "UPTIME_KUMA_PORT must be a number"),
        (["--log-level", "loud"], {}, '--log-level must be "debug" or "info"'),
        ([], {"KUMA_LITE_IS_CONTAINER": "maybe"}, "KUMA_LITE_IS_CONTAINER must be true or false"),
        ([], {"DATA_DIR": ""}, "DATA_DIR must be a path"),
        (["--connectivity-target", "192.0.2.1"], {}, "must be an address with a port"),
        (["--connectivity-target", "x:99999"], {}, "must be a number from 1 to 65535"),
        (["--config", "none.toml"], {}, "none.toml does not exist."),
        (["--ssl-key", "k.pem"], {}, "HTTPS needs both"),
    ],
)
def test_bad_values_are_one_sentence(
    folder: Path, flags: list[str], environment: dict[str, str], sentence: str
) -> None:
    with pytest.raises(StartupError) as refused:
        load(*flags, **environment)
    assert sentence in refused.value.message
    assert "\n" not in refused.value.message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("prot = 1", "unknown setting: prot. Did you mean port?"),
        ("port = [1]", "port in"),
        ("port = 3001.5", "must be a number"),
        ("port = true", "must be a number"),
        ("host = 5", "must be a text"),
        ("port = ", "is not valid TOML"),
    ],
)
def test_bad_files_are_one_sentence(folder: Path, text: str, sentence: str) -> None:
    (folder / "my.toml").write_text(text)
    with pytest.raises(StartupError) as refused:
        load("--config", "my.toml")
    assert sentence in refused.value.message
    assert "my.toml" in refused.value.message


def test_the_file_can_be_named_in_the_environment(folder: Path) -> None:
    (folder / "my.toml").write_text('log_format = "json"\n[data]\n'.replace("[data]\n", ""))
    assert load(KUMA_LITE_CONFIG="my.toml").log_format == "json"


@pytest.mark.parametrize("name", ["kuma.yaml", "Kuma.YML"])
def test_yaml_is_no_settings_but_a_file_that_rules(folder: Path, name: str) -> None:
    (folder / name).write_text("monitors: {}\n")
    (folder / "data").mkdir()
    (folder / "data" / "kuma-lite.toml").write_text('port = 4000\napply = "other.yaml"\n')
    for found in (load("--config", name), load(KUMA_LITE_CONFIG=name)):
        assert (found.apply, found.port) == (Path(name), 4000)
    with pytest.raises(StartupError, match="Only one file can rule"):
        load("--config", name, "--apply", "other.yaml")


def test_a_file_that_is_not_text_is_one_sentence(folder: Path) -> None:
    (folder / "my.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StartupError, match="cannot be read"):
        load("--config", "my.toml")


def test_secrets_come_from_files_and_never_show(folder: Path) -> None:
    (folder / "pass").write_text("word\n")
    assert load(KUMA_LITE_SSL_KEY_PASSPHRASE_FILE="pass").ssl_key_passphrase == "word"
    assert load(UPTIME_KUMA_SSL_KEY_PASSPHRASE="w").ssl_key_passphrase == "w"
    with pytest.raises(StartupError, match="SSL_KEY_PASSPHRASE_FILE, cannot be read"):
        load(KUMA_LITE_SSL_KEY_PASSPHRASE_FILE="none")
    (folder / "my.toml").write_text("ssl_key_passphrase = 12345")
    with pytest.raises(StartupError) as refused:
        load("--config", "my.toml")
    assert "12345" not in refused.value.message


def test_the_key_of_an_external_account_is_base64(folder: Path) -> None:
    both = {"KUMA_LITE_ACME": "kuma.test", "KUMA_LITE_ACME_TERMS": "1", "KUMA_LITE_ACME_EAB_KID": "k"}
    for key in ("c2VjcmV0a2V5", "c2VjcmV0a2V5Xw==", "c2+j/mV0"):
        assert load(KUMA_LITE_ACME_EAB_KEY=key, **both).acme_eab_key == key.rstrip("=")
    for wrong in ("with spaces", "äöü", "12345"):
        with pytest.raises(StartupError, match="ACME_EAB_KEY must be Base64") as refused:
            load(KUMA_LITE_ACME_EAB_KEY=wrong, **both)
        assert wrong not in refused.value.message


def test_secrets_have_no_flag() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)
    assert "passphrase" not in parser.format_help()


def test_kubernetes_service_links_are_no_settings(folder: Path) -> None:
    assert load(KUMA_LITE_PORT="tcp://10.0.0.7:3001", UPTIME_KUMA_PORT="tcp://10.0.0.7:3001").port == 3001


def test_the_name_that_a_shell_gives_the_machine_is_no_address(folder: Path) -> None:
    machine = socket.gethostname()
    assert load(HOST=machine).host == DEFAULT_HOST
    assert load(HOST="10.0.0.7").host == "10.0.0.7"
    assert load(UPTIME_KUMA_HOST=machine).host == machine


def test_tls(folder: Path) -> None:
    assert load().tls is None
    config = load("--ssl-key", "k.pem", "--ssl-cert", "c.pem", KUMA_LITE_SSL_KEY_PASSPHRASE="w")
    assert config.tls == Tls(Path("c.pem"), Path("k.pem"), "w")


def test_the_sample_is_valid_and_complete(folder: Path) -> None:
    lines = sample_toml().splitlines()
    settings = [line[1:] for line in lines if line.startswith("#") and not line.startswith("# ")]
    document = tomllib.loads("\n".join(settings))
    assert list(document) == list(SETTINGS)
    (folder / "sample.toml").write_text("\n".join(settings))
    load("--config", "sample.toml")
    assert tomllib.loads(sample_toml()) == {}, "as it comes it changes nothing"


def test_every_setting_is_in_the_help() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)
    text = " ".join(parser.format_help().split())
    for name, setting in SETTINGS.items():
        if not setting.secret:
            assert f"--{name.replace('_', '-')}" in text
            assert setting.help in text
