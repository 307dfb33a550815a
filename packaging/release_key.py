"""The key that signs releases.

python packaging/release_key.py make [FILE]    a new one; its public half goes into the program
python packaging/release_key.py sign [FILE]    dist/release/SHA256SUMS → SHA256SUMS.sig beside it

FILE is where the private half is, outside of the repository.
"""

from __future__ import annotations

import base64
import os
import re
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

ROOT = Path(__file__).resolve().parent.parent
DECLARED = ROOT / "kuma_lite" / "installing" / "release_key.py"
USUAL = Path.home() / ".config" / "kuma-lite" / "release-key.pem"
KEYS = re.compile(r"(PUBLIC_KEYS: Final\[tuple\[str, \.\.\.\]\] = \()(.*?)(\)\n)", re.DOTALL)
SUMS = ROOT / "dist" / "release" / "SHA256SUMS"


def public_half(key: Ed25519PrivateKey) -> str:
    """In base64, as it is declared."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def make(path: Path, declared: Path = DECLARED) -> str:
    """Write the private half for its owner alone, and add the public one to the program."""
    if path.resolve().is_relative_to(ROOT):
        sys.exit(f"release-key: {path} is in the repository, where a private key must never be")
    if path.exists():
        sys.exit(f"release-key: {path} exists; name another file with KEY=")
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    text = declared.read_text()
    found = KEYS.search(text)
    if found is None:
        sys.exit(f"release-key: {declared} has no PUBLIC_KEYS")
    known = [*re.findall(r'"([^"]+)"', found[2]), public_half(key)]
    lines = "".join(f'\n    "{one}",' for one in known)
    declared.write_text(KEYS.sub(lambda match: f"{match[1]}{lines}\n{match[3]}", text))
    return public_half(key)


def sign(path: Path, sums: Path = SUMS) -> Path:
    """Sign a list of digests; returns the file beside it."""
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        sys.exit(f"sign: {path} is no key of Ed25519")
    signature = sums.with_name(f"{sums.name}.sig")
    signature.write_bytes(base64.b64encode(key.sign(sums.read_bytes())) + b"\n")
    return signature


def main() -> None:
    """One of the two."""
    action, *rest = sys.argv[1:]
    path = Path(rest[0]).expanduser() if rest else USUAL
    if action == "make":
        public = make(path)
        print(f"{path} signs releases: keep it where nobody else is, with a copy elsewhere.")
        print(f"{DECLARED.relative_to(ROOT)} has its public half, {public}: commit that.")
    else:
        print(f"{sign(path)} is written.")


if __name__ == "__main__":
    main()
