"""What happens to monitors, sent to addresses that people choose, signed (Standard Webhooks)."""
