"""The monitors, and this process, for Prometheus."""
