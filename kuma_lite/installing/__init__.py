"""How this program gets onto a machine, stays there as a service, and is replaced by a newer one."""
