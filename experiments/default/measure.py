"""Scores of the bundled model: writes the JSON files beside it and README's table.

Run it after the default model was retrained: ``python experiments/default/measure.py``.
Where the folder of reference pages is absent, only the corpus's validation part is
scored and the other files stay as they are. The corpus's test part and its other hands
are not looked at here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mlpkg import evaluate, load_model
from mlpkg.report.figures import figures_table, replace_block

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DATA = {
    "validation": "corpus:validation",
    "seeds": ROOT.parent / "shared" / "seeds",
    "dev": ROOT.parent / "shared" / "dev",
}


def main() -> None:
    """Score the default model and rewrite the table."""
    classifier = load_model(precision="float32")
    for name, source in DATA.items():
        if isinstance(source, Path) and not source.is_dir():
            print(f"{name}: no data here, left as it is", file=sys.stderr)
            continue
        for bare in (False, True):
            result = evaluate(classifier, source, bare=bare)
            path = HERE / f"{name}{'-bare' if bare else ''}.json"
            path.write_text(json.dumps(result.to_json(), indent=1) + "\n", "utf-8")
    readme = ROOT / "README.md"
    table = figures_table(HERE)
    readme.write_text(
        replace_block(readme.read_text("utf-8"), "experiments/default", table), "utf-8"
    )
    print(table)


if __name__ == "__main__":
    main()
