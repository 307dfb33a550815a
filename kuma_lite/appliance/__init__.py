"""The one process: what it is made of, and in which order it starts and stops."""
