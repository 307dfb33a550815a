"""Kuma Lite: one small process that watches everything you run."""

__version__ = "0.1.0"

# What compatible clients are told: they compare it with the versions they know.
UPTIME_KUMA_VERSION = "2.5.3"
