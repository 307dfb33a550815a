"""What clients may ask of monitors, and what they are pushed."""
