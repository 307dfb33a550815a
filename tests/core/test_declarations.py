"""Where declared kinds are found, and when they are imported."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kuma_lite.checks import monitor_types
from kuma_lite.core.declarations import MonitorType
from kuma_lite.core.registry import Registry

KIND = """
from kuma_lite.core.declarations import MonitorType
from kuma_lite.core.options import Options

class {name}(MonitorType[Options]):
    name = "{wire}"
    label = "One"
    options = Options

    async def check(self, options, context): ...
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """An importable package without any module in it."""
    folder = tmp_path / "kinds_of_a_test"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.split(".")[0] == folder.name]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module(folder.name)


def registry(package: ModuleType, **files: str) -> Registry[Any]:
    for name, text in files.items():
        Path(str(package.__path__[0]), f"{name}.py").write_text(text)
    importlib.invalidate_caches()
    base: Any = MonitorType
    return Registry(package, base)


def test_a_kind_is_found_by_its_name(package: ModuleType) -> None:
    kinds = registry(
        package,
        odd_one=KIND.format(name="Odd", wire="Odd-One"),
        _shared="raise AssertionError('nobody asked')",
        broken="raise AssertionError('nobody asked')",
    )
    found = kinds.get("Odd-One")
    assert found is not None
    assert found is kinds.get("Odd-One")
    assert kinds.get("odd-one") is None
    with pytest.raises(AssertionError):
        list(kinds)


@pytest.mark.parametrize("name", ["", "json_query", "Http", "_http_options", "__init__", "../http", "http.x"])
def test_what_clients_send_is_no_way_to_other_modules(name: str) -> None:
    assert monitor_types().get(name) is None


def test_a_kind_in_the_wrong_file_is_a_mistake(package: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"'one' must be declared in one\.py, not two\.py"):
        list(registry(package, two=KIND.format(name="One", wire="one")))


def test_two_kinds_in_one_file_are_a_mistake(package: ModuleType) -> None:
    both = KIND.format(name="One", wire="one") + KIND.format(name="Two", wire="two")
    with pytest.raises(ValueError, match="too many"):
        list(registry(package, one=both))


def test_a_monitor_imports_its_own_type_only() -> None:
    program = (
        "import sys; from kuma_lite.checks import monitor_types; monitor_types().get('push'); "
        "print([name for name in sys.modules if name.startswith('kuma_lite.checks.')])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['kuma_lite.checks.push']"
