"""Taking over an Uptime Kuma: its database, its uploads, and everything in them."""
