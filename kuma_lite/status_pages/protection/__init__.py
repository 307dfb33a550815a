"""Pages that a password or a link opens."""
