from __future__ import annotations

import asyncio
from pathlib import Path

import apsw
import pytest

from kuma_lite.core import database_commits as database_module
from kuma_lite.monitors.engine.roster import Tag
from tests.support.actors import OWNER
from tests.support.storage import Storage, opened


async def sql(storage: Storage, query: str, *values: object) -> list[tuple[object, ...]]:
    return await storage.database.write(lambda connection: connection.execute(query, values).fetchall())  # type: ignore[arg-type]


async def notification(storage: Storage, organisation: int = 1) -> int:
    rows = await sql(
        storage,
        "INSERT INTO notification (organisation_id, user_id, name, type, config)"
        " VALUES (?, 1, 'n', 'x', '{}') RETURNING id",
        organisation,
    )
    return rows[0][0]  # type: ignore[return-value]


async def test_a_monitor_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    document = {
        "type": "http",
        "name": "Größe 🐻",
        "url": "https://example.org",
        "weight": 3000,
        "tags?": [1],
    }
    async with opened(tmp_path) as storage:
        first, second = await notification(storage), await notification(storage)
        monitor = await storage.store.insert(OWNER, False, document, [second, first], 123)
        (found,) = await storage.store.load()
        assert (found.id, found.organisation, found.active, found.created) == (monitor, 1, False, 123)
        assert found.document == document
        assert found.notification_ids == (first, second)
        assert found.tags == ()
        (row,) = await sql(storage, "SELECT type, name, weight, parent, push_token FROM monitor")
        assert row == ("http", "Größe 🐻", 3000, None, None)


async def test_a_nameless_monitor_of_default_weight(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        await storage.store.insert(OWNER, True, {"name": None}, [], 0)
        (row,) = await sql(storage, "SELECT type, name, weight FROM monitor")
        assert row == ("", "", 2000)


async def test_monitors_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        ids = [await storage.monitor(name) for name in "cab"]
        assert [found.id for found in await storage.store.load()] == ids


async def test_an_edit_replaces_document_and_links(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        first, second = await notification(storage), await notification(storage)
        monitor = await storage.store.insert(OWNER, True, {"type": "http", "name": "a"}, [first], 0)
        await storage.store.update(monitor, {"type": "push", "name": "b", "pushToken": "t"}, [second])
        (found,) = await storage.store.load()
        assert found.document == {"type": "push", "name": "b", "pushToken": "t"}
        assert found.notification_ids == (second,)
        assert await sql(storage, "SELECT push_token FROM monitor") == [("t",)]


async def test_a_link_to_what_is_gone_is_left_out(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        mine, other = await notification(storage), await notification(storage, organisation=2)
        assert await storage.store.existing_notifications(1, [other, mine, 99]) == [mine]
        await storage.store.insert(OWNER, True, {"type": "http", "name": "a"}, [mine, 99], 0)
        (found,) = await storage.store.load()
        assert found.notification_ids == (mine,)


async def test_a_switch_is_remembered(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        await storage.store.set_active([monitor], False)
        assert not (await storage.store.load())[0].active
        await storage.store.set_active([monitor], True)
        assert (await storage.store.load())[0].active


async def test_tags_come_with_their_monitor(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        await sql(storage, "INSERT INTO tag (id, name, color, created_date) VALUES (4, 'web', 'red', 0)")
        for value in ("b", None):
            await sql(
                storage,
                "INSERT INTO monitor_tag (monitor_id, tag_id, value) VALUES (?, 4, ?)",
                monitor,
                value,
            )
        (found,) = await storage.store.load()
        assert found.tags == (Tag(4, "b", "web", "red"), Tag(4, None, "web", "red"))


async def test_children_can_be_let_go(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        group = await storage.store.insert(OWNER, True, {"type": "group", "name": "g"}, [], 0)
        child = await storage.store.insert(OWNER, True, {"type": "http", "name": "c", "parent": group}, [], 0)
        assert await sql(storage, "SELECT parent FROM monitor WHERE id = ?", child) == [(group,)]
        await storage.store.update(group, {"type": "http", "name": "g"}, [], unlink_children=False)
        assert await sql(storage, "SELECT parent FROM monitor WHERE id = ?", child) == [(group,)]
        await storage.store.update(group, {"type": "http", "name": "g"}, [], unlink_children=True)
        assert (await storage.store.load())[1].document == {"type": "http", "name": "c"}
        assert await sql(storage, "SELECT parent FROM monitor WHERE id = ?", child) == [(None,)]


async def test_an_unknown_parent_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        with pytest.raises(apsw.ConstraintError):
            await storage.store.insert(OWNER, True, {"type": "http", "name": "c", "parent": 99}, [], 0)


async def test_a_deleted_monitor_leaves_nothing_behind(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        group = await storage.store.insert(OWNER, True, {"type": "group", "name": "g"}, [], 0)
        gone = await storage.store.insert(
            OWNER, True, {"type": "http", "name": "x", "parent": group}, [await notification(storage)], 0
        )
        stays = await storage.store.insert(OWNER, True, {"type": "http", "name": "y", "parent": group}, [], 0)
        await sql(storage, "INSERT INTO tag (id, name, color, created_date) VALUES (4, 'web', 'red', 0)")
        await sql(storage, "INSERT INTO monitor_tag (monitor_id, tag_id) VALUES (?, 4)", gone)
        keeping = asyncio.create_task(storage.store.put_tls(gone, "{}"))
        for number in range(130):
            storage.clock.advance(20)
            for monitor in (gone, stays):
                storage.record(monitor, important=number % 40 == 0)
        await storage.recorder.flush()
        await keeping
        await storage.store.delete([gone, group])
        assert [found.id for found in await storage.store.load()] == [stays]
        assert (await storage.store.load())[0].document == {"type": "http", "name": "y"}
        for table in ("monitor_notification", "monitor_tag", "monitor_tls"):
            assert await storage.count(table) == 0
        for table in ("beat_block", "beat_event", "stat_hour", "stat_day", "beat_mark"):
            query = f"SELECT count(*) FROM {table} WHERE monitor_id IN (?, ?)"
            assert await sql(storage, query, gone, group) == [(0,)], table
        assert storage.recorder.rows(gone) == []
        loaded = await storage.reloaded()
        assert loaded.rows(gone) == []
        assert len(loaded.rows(stays)) == 100
        assert len(await storage.store.beats_since(stays, 0)) == 130
        # Its number is not given to another monitor, which would inherit what somebody remembers of it.
        assert await storage.monitor("new") > stays


async def test_certificates_are_kept_and_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "COMMIT_EVERY_S", 0.01)
    async with opened(tmp_path) as storage:
        monitor = await storage.monitor()
        await storage.store.put_tls(monitor, '{"valid":true}', "ab:cd")
        await storage.store.put_tls(monitor, '{"valid":false}')
        await storage.store.put_tls(99, "{}")
        assert await storage.store.load_tls() == {monitor: '{"valid":false}'}


async def test_values_that_monitors_share_are_kept_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        document = {"type": "http", "name": "a", "interval": 1_000, "retryInterval": 1_000, "timeout": 48.5}
        for _ in range(2):
            await storage.store.insert(OWNER, True, document, [], 1)
        await storage.store.insert(OWNER, True, {"type": True, "interval": "1000", "timeout": 1}, [], 1)
        one, two, odd = [found.document for found in await storage.store.load()]
    assert one == two == document
    assert one["interval"] is one["retryInterval"] is two["interval"]
    assert one["type"] is two["type"]
    assert odd == {"type": True, "interval": "1000", "timeout": 1}
    assert odd["type"] is True
