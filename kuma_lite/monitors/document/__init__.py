"""The stored document of a monitor: its fields, how clients send it, and what types there are."""
