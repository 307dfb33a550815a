"""Proxies that monitors are checked through."""
