"""The addresses of everybody, and what is answered there."""
