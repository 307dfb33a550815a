"""Replays what the real Uptime Kuma 2.5.3 sent, service by service, and compares it with what we send.

`python -m tests.notifications.replay FOLDER` does it for a folder of recordings
(`<type>.json` and `inputs.json`); the suite does it for `tests/notifications/recordings`. What differs on
purpose stands in `tests/notifications/differences.json`, each with its reason.
"""
