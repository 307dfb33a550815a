"""Push messages of browsers: who is told, what only they can read, who says it. Pure but for randomness."""
