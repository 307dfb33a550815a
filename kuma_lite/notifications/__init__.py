"""Telling people: what, to whom, and until it has arrived."""
