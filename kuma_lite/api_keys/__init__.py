"""Keys of programs that read the metrics."""
