"""When an alert opens and closes, and its settings (pure)."""
