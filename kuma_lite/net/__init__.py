"""The network ground under the checks."""
