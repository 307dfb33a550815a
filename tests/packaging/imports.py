"""What the package imports from others, read from its source."""

from __future__ import annotations

import ast
import sys

from tests.requires import ROOT

OPTIONAL = {"apprise", "compression", "mcp", "mcp_types"}  # where somebody has installed it; of Python 3.14


def imported_packages() -> dict[str, str]:
    """Third-party package → a module of ours that imports it, in functions too."""
    found = {}
    for path in sorted((ROOT / "kuma_lite").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            found.update({name.partition(".")[0]: str(path.relative_to(ROOT)) for name in names})
    return {
        name: where
        for name, where in found.items()
        if name not in sys.stdlib_module_names and name != "kuma_lite"
    }
