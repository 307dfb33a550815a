"""In place of PyInstaller's module of this name, which loads ctypes at every start. We need none of it."""

# Run before anything can be imported, so without the import that all other modules have.


def install() -> None:
    """Leave ctypes as it is."""
