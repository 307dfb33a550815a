"""Tests of the messages and of those who carry them."""
