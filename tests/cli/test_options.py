from __future__ import annotations

import torch

from mlpkg.cli.options import open_model
from mlpkg.models import store


def test_a_model_is_loaded_with_the_options_and_threads_of_a_command(monkeypatch):
    calls = []
    monkeypatch.setattr(torch, "set_num_threads", lambda n: calls.append(n))
    monkeypatch.setattr(store, "load_model", lambda *a, **k: calls.append((a, k)))
    open_model("default", 2, device="cpu", cache=True)
    open_model("default", None)
    assert calls == [
        2,
        (("default",), {"device": "cpu", "cache": True}),
        (("default",), {}),
    ]
