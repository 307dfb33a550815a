"""Status pages: what the public may see, as pages, feeds, badges and JSON."""
