"""All that people keep over HTTP: one set of routes for every kind, made from its description."""
