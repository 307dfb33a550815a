"""The front works on both event loops, which differ in when they call what."""

from __future__ import annotations

from tests.net.conftest import pytest_asyncio_loop_factories  # noqa: F401 - a hook
