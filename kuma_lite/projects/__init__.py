"""Projects, and the tokens by which machines speak for them."""
