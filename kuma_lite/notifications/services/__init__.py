"""Notification services, one file each; see `core.declarations`."""
