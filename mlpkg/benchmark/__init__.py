"""Benchmarks of classifiers: quality, speed, memory and size side by side."""

from __future__ import annotations

from mlpkg.benchmark.config import BenchmarkConfig
from mlpkg.benchmark.loading import load_benchmark
from mlpkg.benchmark.runner import run_benchmark

__all__ = ["BenchmarkConfig", "load_benchmark", "run_benchmark"]
