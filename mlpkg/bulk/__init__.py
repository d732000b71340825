"""Many pages to a folder of output shards, whatever fails on the way."""

from __future__ import annotations

from mlpkg.bulk.job import Job
from mlpkg.bulk.plan import Slice
from mlpkg.bulk.run import BulkResult, run_bulk

__all__ = ["BulkResult", "Job", "Slice", "run_bulk"]
