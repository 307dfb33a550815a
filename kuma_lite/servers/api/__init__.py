"""The Servers API over HTTP."""
