"""Databases of earlier programs, and that the newest one goes on with what is in them."""
