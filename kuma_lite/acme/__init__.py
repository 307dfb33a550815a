"""Certificates for this server's own names, got and renewed by ACME (RFC 8555)."""
