"""Monitor types, one file each; see `core.declarations`."""
