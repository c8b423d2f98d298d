# SPDX-License-Identifier: MIT
"""Saved states: the same on any number of ranks, whole or absent on disk."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.checkpoint import MARK, read_checkpoint, write_checkpoint


class Gone:
    """Stands for a class that a later version has no more."""


def shown(mpirun: Callable, ranks: int, *arguments: object) -> dict[str, Any]:
    run = mpirun(ranks, "-m", "tests.helpers.checkpoint_ranks", *arguments)
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.parametrize("ranks", [1, 2])
def test_state_saved_on_some_ranks_gives_the_same_forces_on_others(
    mpirun: Callable, tmp_path: Path, ranks: int
) -> None:
    path = tmp_path / "checkpoint" / "state.pickle"
    saved = shown(mpirun, ranks, "save", path)
    shear, pressing, _ = saved["friction"]
    assert abs(shear) > 0.05 * pressing > 0.05
    others = [shown(mpirun, n, "restore", path) for n in (1, 3)]
    for other in others:
        for name in ("cells", "cell_ids", "cell_tags"):
            assert other[name] == saved[name]
        np.testing.assert_allclose(other["nodes"], saved["nodes"], atol=1e-12)
        np.testing.assert_array_equal(other["poses"], saved["poses"])
        np.testing.assert_allclose(other["residuals"], saved["residuals"], rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(other["friction"], saved["friction"], rtol=1e-10)


def test_checkpoint_appears_whole_and_replaces_the_older(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state.pickle"
    for content in ({"a": np.arange(3.0)}, {"a": np.arange(5.0)}):
        write_checkpoint(path, content)
        found = read_checkpoint(path)
        assert found is not None
        np.testing.assert_array_equal(found["a"], content["a"])
    assert [p.name for p in path.parent.iterdir()] == ["state.pickle"]


def test_what_is_no_checkpoint_of_this_version_is_none(tmp_path: Path) -> None:
    path = tmp_path / "state.pickle"
    assert read_checkpoint(path) is None
    path.write_bytes(b"")
    assert read_checkpoint(path) is None
    path.write_bytes(pickle.dumps((1, list(range(1000)))))
    assert read_checkpoint(path) is None
    data = pickle.dumps(Gone())
    path.write_bytes(MARK + sha256(data).digest() + data.replace(b"Gone", b"Lost"))
    assert read_checkpoint(path) is None
    lost = data.replace(b"Gone", b"Lost")
    path.write_bytes(MARK + sha256(lost).digest() + lost)
    assert read_checkpoint(path) is None
    path.write_bytes(b"not a pickle at all")
    assert read_checkpoint(path) is None
