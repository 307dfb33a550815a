"""Replays what the real Uptime Kuma 2.5.3 sent, service by service, and compares it with what we send.

`python -m tests.notifications.replay FOLDER` does it for a folder of recordings (`<type>.json` beside
`inputs.json`), the suite for `tests/notifications/recordings`. What differs on purpose stands in
`tests/notifications/differences.json`, with its reason.
"""
