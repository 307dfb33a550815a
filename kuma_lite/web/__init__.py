"""The frame that features hang their doors in."""
