"""Opens and closes alerts, tells people, and what people do about them."""
