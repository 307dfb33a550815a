"""Servers: what hosts report about themselves, thresholds with grace, and the API for both."""
