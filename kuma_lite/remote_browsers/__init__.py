"""Browsers on other machines, for monitors that look at a page as people do."""
