"""Real servers that checks are made against, one module each.

`.venv/bin/python -m tests.peers.NAME` keeps one running and prints where it listens; a module has one
function `running(folder)`, an asynchronous context manager that starts the server with all its files in
`folder`, on free ports of 127.0.0.1, and gives what a test has to know of it.
"""
