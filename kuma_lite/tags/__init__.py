"""Tags, and which monitors carry them."""
