"""Programs that make trouble for hours, and count; a short form of each is a test (`make outages` …)."""
