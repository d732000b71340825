"""Imports go downwards only: the table of docs/DESIGN.md, enforced."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mlpkg

ROOT = Path(mlpkg.__file__).parent
LAYERS = (
    ("cli",),
    ("benchmark", "bulk"),
    ("training",),
    ("report",),
    ("tracking", "evaluation"),
    ("config",),
    ("models",),
    ("data",),
    ("articles", "segmentation", "embedding", "features", "calibration"),
    ("labels", "records", "exceptions", "version"),
)
HEIGHT = {name: -row for row, names in enumerate(LAYERS) for name in names}
# Imports inside one row that the table allows.
SAID = {("labels", "exceptions"), ("records", "exceptions")}
EXEMPT = ("__init__", "__main__")
HEAVY = ("torch", "sklearn", "datasets", "sentence_transformers", "pyarrow", "numpy")


def _package(path: Path) -> str:
    """First name below mlpkg: a package or a module at the top."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


MODULES = [p for p in sorted(ROOT.rglob("*.py")) if _package(p) not in EXEMPT]


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of every import, wherever it stands in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def _fault(package: str, name: str) -> str:
    """Say why `package` may not import `name`; empty where it may."""
    if name.startswith("."):
        return "is relative; imports are absolute"
    parts = name.split(".")
    if parts[0] != "mlpkg":
        return ""
    target = parts[1] if len(parts) > 1 else ""
    if target not in HEIGHT:
        return "takes the top of the package from below, or is not in the layer table"
    if target == package or (package, target) in SAID:
        return ""
    if HEIGHT[target] == HEIGHT[package]:
        return f"crosses the layer that {package} and {target} share"
    return "goes upwards" if HEIGHT[target] > HEIGHT[package] else ""


def test_every_package_stands_in_the_table():
    unknown = sorted({_package(path) for path in MODULES} - set(HEIGHT))
    assert not unknown, (
        f"{', '.join(unknown)}: not in the layer table; add the name to LAYERS here "
        "and to docs/DESIGN.md"
    )


def test_the_table_is_the_one_in_the_design():
    design = ROOT.parent / "docs" / "DESIGN.md"
    if not design.is_file():
        pytest.skip("the documents are not beside the package")
    section = design.read_text(encoding="utf-8").partition("## Layers")[2]
    table = section.split("```")[1].strip().splitlines()
    names = (re.sub(r"\(.*?\)", "", row.split("   ")[0]) for row in table)
    stated = [tuple(name.split()) for name in names]
    assert stated == list(LAYERS)


@pytest.mark.parametrize(
    "path", MODULES, ids=[p.relative_to(ROOT).as_posix() for p in MODULES]
)
def test_imports_go_downwards(path):
    faults = [
        f"line {line}: {name} {fault}"
        for line, name in _imported(path)
        if (fault := _fault(_package(path), name))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("package", "name", "expected"),
    [
        ("features", "mlpkg.records.Page", ""),
        ("features", "mlpkg.features.cues", ""),
        ("features", "numpy", ""),
        ("labels", "mlpkg.exceptions.DataError", ""),
        ("features", "mlpkg.data.page_format", "upwards"),
        ("features", "mlpkg.articles.normalise", "share"),
        ("records", "mlpkg.labels", "share"),
        ("data", "mlpkg.load_model", "top"),
        ("data", ".render", "relative"),
    ],
)
def test_the_rule_tells_what_is_allowed(package, name, expected):
    fault = _fault(package, name)
    assert expected in fault
    assert bool(fault) == bool(expected)


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, mlpkg\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
