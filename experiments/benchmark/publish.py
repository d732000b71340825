"""Puts the tables of the benchmark beside it into the README.

Run it after ``mlpkg benchmark`` wrote here: ``experiments/benchmark/publish.py``.
A test holds both equal.
"""

from __future__ import annotations

from pathlib import Path

from mlpkg.report.benchmark_views import readme_table
from mlpkg.report.figures import replace_block

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
BLOCK = "experiments/benchmark"


def main() -> None:
    """Rewrite the block of the README."""
    table = readme_table(HERE)
    text = README.read_text(encoding="utf-8")
    README.write_text(replace_block(text, BLOCK, table), encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
