"""The agent: a small program that reports how a host is doing. It imports next to nothing of the server."""
