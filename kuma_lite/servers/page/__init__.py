"""What our own page asks about servers."""
