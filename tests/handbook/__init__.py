"""The handbook in `docs/`: what is generated, and whether what is written is true."""
