"""Several monitors that are shown as one service."""
