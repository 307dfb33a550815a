"""Tests of the services, each against a real server on the loopback."""
