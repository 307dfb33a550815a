"""Installations described by files: what a file says, what differs, and making it so."""
