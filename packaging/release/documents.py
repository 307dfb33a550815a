"""What a release says of what it is made of: a bill of materials (CycloneDX 1.5) and everybody's licences.

    documents.py PROGRAM SITE SOURCES PAGE_MODULES OUT

PROGRAM is the one-file binary; only libraries of which it holds something are listed. SITE is the folder of
the Python packages it was made from, SOURCES that of CPython and its libraries in C, with the crates that
`rust-sources` fetched beside it, PAGE_MODULES the page's node_modules. Writes
OUT/kuma-lite-<version>.cdx.json and OUT/THIRD-PARTY-LICENCES.txt; fails where a licence is missing or is the
GPL.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from PyInstaller.archive.readers import CArchiveReader

import kuma_lite

ROOT = Path(__file__).resolve().parents[2]
LICENCE_NAMES = re.compile(r"(licen[cs]e|copying|notice|copyright)", re.IGNORECASE)
# Source → name, SPDX licence, files that hold it. What of xz is used, liblzma, is in the public domain.
SOURCES = {
    "python3.11": ("cpython", "PSF-2.0", ["LICENSE"]),
    "openssl": ("openssl", "Apache-2.0", ["LICENSE.txt"]),
    "sqlite3": ("sqlite", "blessing", ["LICENSE.md"]),
    "zlib": ("zlib", "Zlib", ["README"]),
    "bzip2": ("bzip2", "bzip2-1.0.6", ["LICENSE"]),
    "xz-utils": ("liblzma", "0BSD", ["COPYING"]),
    "libffi": ("libffi", "MIT", ["LICENSE"]),
    "expat": ("expat", "MIT", ["COPYING"]),
}
GPL = re.compile(r"(?<!L)GPL(?!.* WITH GCC-exception)|GNU General Public", re.IGNORECASE)


@dataclass(frozen=True)
class Component:
    """One library: `licence` as SPDX or as its authors say, `texts` what has to go with it."""

    name: str
    version: str
    kind: str
    licence: str
    texts: list[str]

    def document(self) -> dict[str, Any]:
        """As CycloneDX has it."""
        return {
            "type": "library",
            "name": self.name,
            "version": self.version,
            "purl": f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}",
            "bom-ref": f"{self.kind}:{self.name}@{self.version}",
            "licenses": [{"license": {"name": self.licence}}],
        }


def bundled_modules(program: Path) -> set[str]:
    """First parts of the names of everything the binary holds."""
    archive = CArchiveReader(str(program))
    modules = archive.open_embedded_archive("PYZ.pyz").toc.keys()
    return {name.partition(".")[0] for name in modules} | {re.split(r"[/.]", name)[0] for name in archive.toc}


def python_libraries(site: Path, bundled: set[str]) -> Iterator[Component]:
    """The distributions of which something is in the binary."""
    for found in sorted(distributions(path=[str(site)]), key=lambda each: each.name.lower()):
        tops = {
            re.split(r"[/.]", str(path))[0] for path in found.files or [] if path.suffix in (".py", ".so")
        }
        if tops & bundled:
            yield Component(found.name, found.version, "pypi", licence_of(found), texts_of(found))


def licence_of(found: Distribution) -> str:
    """What a distribution says of its licence: expression, else classifiers, else the text's begin."""
    metadata = found.metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [
        line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or [] if "License" in line
    ]
    return " AND ".join(classifiers) or (metadata.get("License") or "").strip().partition("\n")[0]


def texts_of(found: Distribution) -> list[str]:
    """The licence files of a distribution."""
    files = [
        path for path in found.files or [] if ".dist-info" in str(path) and LICENCE_NAMES.search(path.name)
    ]
    return [Path(str(found.locate_file(path))).read_text(errors="replace") for path in files]


def c_libraries(sources: Path) -> Iterator[Component]:
    """CPython and what its modules are linked with."""
    for source, (name, licence, files) in SOURCES.items():
        (folder,) = sources.glob(f"{source}-[0-9]*/")
        inner = [folder, folder / "expat"]
        texts = [
            path.read_text(errors="replace")
            for place in inner
            for file in files
            if (path := place / file).is_file()
        ]
        yield Component(name, folder.name.removeprefix(f"{source}-"), "generic", licence, texts)
    # The compiler's runtime, which may go with programs under any licence.
    licence = "GPL-3.0-or-later WITH GCC-exception-3.1"
    (text,) = sources.parents[1].glob("usr/share/doc/gcc-1[0-9]-base/copyright")
    yield Component("libgcc", text.parent.name.split("-")[1], "generic", licence, [text.read_text()])


def rust_libraries(build: Path) -> Iterator[Component]:
    """The crates that our builds of extensions are linked with, and Rust's library; none with wheels."""
    listed = build / "rust-src" / "crates"
    if not listed.is_file():
        return
    (text,) = build.glob("rust/usr/share/doc/libstd-rust-web-dev/copyright")
    version = (build / "rust" / "version").read_text().strip()
    yield Component("rust", version, "generic", "MIT OR Apache-2.0", [text.read_text()])
    for line in sorted({*listed.read_text().splitlines()} - {""}):
        crate, _, licence = line.partition("|")
        name, version, *place = crate.split()
        if place:
            continue  # a part of the package itself, which stands among those of Python
        (folder,) = build.glob(f"rust-crates/registry/src/*/{name}-{version.removeprefix('v')}")
        files = [path for path in sorted(folder.glob("*")) if LICENCE_NAMES.match(path.name)]
        files = [path for path in files if "MIT" in path.name] or [
            path for path in files if not GPL.search(path.name)
        ]
        texts = [path.read_text(errors="replace") for path in files]
        yield Component(name, version.removeprefix("v"), "cargo", chosen(licence), texts)


def chosen(licence: str) -> str:
    """A licence without the alternatives that we cannot take, of those its author offers."""
    return " OR ".join(each for each in licence.split(" OR ") if not GPL.search(each))


def page_libraries(modules: Path) -> Iterator[Component]:
    """What the page declares, and what that needs."""
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    wanted, seen = list(lock[""]["dependencies"]), set()
    while wanted:
        name = wanted.pop()
        package = lock.get(f"node_modules/{name}")
        if name in seen or package is None:
            continue
        seen.add(name)
        wanted += package.get("dependencies", {})
        texts = [
            path.read_text(errors="replace")
            for path in sorted((modules / name).glob("*"))
            if LICENCE_NAMES.match(path.name)
        ]
        yield Component(name, package["version"], "npm", page_licence(modules / name, package), texts)


def page_licence(folder: Path, package: dict[str, Any]) -> str:
    """As the lock file says, else as older packages say themselves."""
    own = json.loads((folder / "package.json").read_text())
    return str(package.get("license") or own.get("license") or "") or " AND ".join(
        each["type"] for each in own.get("licenses", [])
    )


def bill(components: list[Component]) -> dict[str, Any]:
    """The CycloneDX document; without time and serial number, so that the same release has the same one."""
    own = {
        "type": "application",
        "name": "kuma-lite",
        "version": kuma_lite.__version__,
        "bom-ref": "kuma-lite",
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {**own, "licenses": [{"license": {"id": "MIT"}}]}},
        "components": [component.document() for component in components],
        "dependencies": [
            {"ref": "kuma-lite", "dependsOn": [each.document()["bom-ref"] for each in components]}
        ],
    }


def main(program: str, site: str, sources: str, modules: str, out: str) -> int:
    """Write both; 1 where a licence is missing or must not be there."""
    components = [
        *python_libraries(Path(site), bundled_modules(Path(program))),
        *c_libraries(Path(sources)),
        *rust_libraries(Path(sources).parent),
        *sorted(page_libraries(Path(modules)), key=lambda each: each.name),
    ]
    wrong = [each.name for each in components if GPL.search(each.licence) or not each.licence]
    wrong += [each.name for each in components if each.kind == "generic" and not each.texts]
    if wrong:
        print(f"Without a licence that lets it be bundled: {', '.join(wrong)}", file=sys.stderr)
        return 1
    folder = Path(out)
    document = json.dumps(bill(components), indent=1, sort_keys=True)
    (folder / f"kuma-lite-{kuma_lite.__version__}.cdx.json").write_text(document + "\n")
    chapters = [
        "\n\n".join(["=" * 100 + f"\n{each.name} {each.version}: {each.licence}", *each.texts])
        for each in components
    ]
    licences = folder / "THIRD-PARTY-LICENCES.txt"
    licences.write_text("\n\n".join(chapters) + "\n")
    bare = sum(not each.texts for each in components)
    print(f"{len(components)} libraries, {bare} without a text of their own")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
