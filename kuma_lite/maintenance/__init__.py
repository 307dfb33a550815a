"""Planned maintenance: when it is, whom it covers, who is told."""
