"""The heart: monitors, their beats, and what follows from them."""
