"""The protocols that game servers answer, and which game speaks which."""
