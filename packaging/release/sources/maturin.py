"""In maturin's place when pip downloads a source: says its name as the author did, and builds nothing."""

from __future__ import annotations

from email.parser import Parser
from pathlib import Path


def prepare_metadata_for_build_wheel(folder: str, _settings: object = None) -> str:
    """Put the metadata of the source in the working directory into a folder of `folder`; its name."""
    text = Path("PKG-INFO").read_text()
    about = Parser().parsestr(text)
    place = Path(folder, f"{about['Name'].replace('-', '_')}-{about['Version']}.dist-info")
    place.mkdir()
    (place / "METADATA").write_text(text)
    return place.name
