"""Pictures of a state that other sites embed."""
