"""The network ground: HTTP, TLS, DNS, ICMP. Knows nothing of monitors."""
