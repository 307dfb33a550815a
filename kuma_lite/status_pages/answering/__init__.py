"""From what is worked out to what is sent: kept, packed, and the last good one while there is trouble."""
