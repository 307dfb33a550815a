"""What is wrong with Kuma Lite itself, and telling people of it."""
