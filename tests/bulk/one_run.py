"""One run with a worker in this process: called with the pages and the output."""

from __future__ import annotations

import sys
from pathlib import Path

import tiny_bulk

from mlpkg.bulk import Job, run_bulk

if __name__ == "__main__":
    run_bulk([sys.argv[1]], Path(sys.argv[2]), Job(pages=3), start=tiny_bulk.InProcess)
