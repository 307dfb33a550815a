"""Incidents as they go on, step by step."""
