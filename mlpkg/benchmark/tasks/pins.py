"""Checksums of the local form of the public corpora."""

from __future__ import annotations

__all__ = ["HOW_TO_GET", "PINS"]

HOW_TO_GET = (
    "bring the corpus from its origin (see tasks.json) to the local form, gzipped JSON "
    "lines with doc, i, text, label and raw, and name its folder with --data or under "
    "data in the config"
)

PINS: dict[str, str] = {
    "babe.train.jsonl.gz": "88b552d8976a4f8536a9169c766e8c9a2d60043000b3f7dc375cdf5156900f64",
    "checkthat_en.dev.jsonl.gz": "0ca59ee0fdf84ca251426e378ef15809c22f1b5545a07a1ea3f54fd9d11946ad",
    "checkthat_en.train.jsonl.gz": "bd95bd67d284c34b3232d8f17a86600cf4e752a17b597fcf0e56cf2e757be2a9",
    "newsdiscourse.train.jsonl.gz": "38072c007e5b66e09ea9c8aa5dacd8625668125b8850c22c40648e80f8a17ea1",
    "newsdiscourse.validation.jsonl.gz": "83de1d864a115175480ed57051309b58e810784cfe8bc80d043f3ff02f1e1a86",
    "polnear.dev.jsonl.gz": "cc07f379f3dec02ce1415ac08e3bbbef63f2c2e2d5ec498c19468da62dcfd550",
    "polnear.train.jsonl.gz": "57f9439e5500fe436d01edd38de5125bcde48d6fa0da60a7e97abeabaeae1540",
    "wcxb.dev.jsonl.gz": "ae3c55ca383f5530a02026c16a60a4b6782ad5e76720422daf38f1375d0adbd2",
    "wcxb_html/ground_truth.jsonl.gz": "41f50fd73d2256138e0fbcc33df510dc54ecfc1186e4c030ee6038e804387a7f",
}
