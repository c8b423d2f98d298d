# SPDX-License-Identifier: MIT
"""A disk that is full, a folder that cannot be written, files that are damaged."""

from __future__ import annotations

import builtins
import errno
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from scenarios.calibration_store import read_calibration, write_calibration
from scenarios.cli import main
from scenarios.errors import ScenarioError
from scenarios.folder import OURS, ResultFolder, check_folder, read_manifest
from scenarios.foot_loads import Calibration
from scenarios.summary import read_summary
from scenarios.table import GrowingTable, read_numbers
from simulator.checkpoint import read_checkpoint, write_checkpoint
from tests.scenarios.doubled_command import DOUBLES
from tests.scenarios.test_cli import NO_MPI, PROJECT

SPACE = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def doubled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The command with a doubled analysis, in an empty working directory."""
    for module, name, double in DOUBLES:
        monkeypatch.setattr(module, name, double)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class FullDisk:
    """Lets a file be opened and takes nothing of what is written into it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.name, self.room, self.met = name, False, 0
        self.open = Path.open
        monkeypatch.setattr(Path, "open", lambda *a, **k: self._opened(*a, **k))

    def _opened(self, path: Path, mode: str = "r", *more: object, **named: object) -> object:
        full = not self.room and self.name in path.name and mode[0] in "wa"
        if not full:
            return self.open(path, mode, *more, **named)
        self.met += 1
        path.touch()
        return builtins.open("/dev/full", mode, *more, **named)


@pytest.mark.parametrize("name", ["manifest", "scenario.toml", "history", "summary"])
def test_a_full_disk_ends_in_one_message_and_is_taken_up_again(
    doubled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    disk = FullDisk(monkeypatch, name)
    assert main(["run", "walking", "-o", "r", "-q"]) == 1
    _, err = capsys.readouterr()
    assert disk.met
    assert err.count("\n") == 1 and "No space left on device" in err and "--resume" in err
    folder = doubled / "r"
    assert not (folder / "summary.json").exists()
    if (folder / "manifest.json").exists():
        assert read_manifest(folder)["status"] in ("failed", "running")
    disk.room = True
    assert main(["run", "walking", "-o", "r", "-q", "--resume"]) == 0
    assert read_summary(folder).converged
    percent = read_numbers(folder / "history.csv")["percent"]
    assert percent == [5.0 * k for k in range(1, 20)]


def test_an_overwrite_that_ends_half_way_can_be_overwritten(doubled: Path) -> None:
    assert main(["run", "walking", "-o", "r", "-q"]) == 0
    path = doubled / "r"
    for name in OURS[:5]:
        (path / name).unlink(missing_ok=True)
    assert check_folder(path, "overwrite", "x") == "new"
    assert OURS[-1] == "manifest.json"


def test_what_a_killed_writer_leaves_does_not_block_the_folder(tmp_path: Path) -> None:
    (tmp_path / ".manifest.json.new").write_text("{")
    (tmp_path / ".lock").write_text("process 1 on nowhere")
    folder = ResultFolder(tmp_path)
    assert folder.claim("new", "x") == "new"
    folder.release()


@pytest.mark.parametrize("call", ["mkdir", "iterdir"])
def test_a_folder_that_cannot_be_used_is_refused(
    doubled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], call: str
) -> None:
    (doubled / "r").mkdir()

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, call, denied)
    assert main(["run", "walking", "-o", "r" if call == "iterdir" else "new", "-q"]) == 2
    assert "Permission denied" in capsys.readouterr().err


def test_a_lock_that_cannot_be_made_is_refused(
    doubled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read_only(*_: object, **__: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "open", read_only)
    assert main(["run", "walking", "-o", "r", "-q"]) == 2
    assert "Read-only file system" in capsys.readouterr().err
    assert not (doubled / "r").exists()


@pytest.mark.mpi
@pytest.mark.parametrize("ranks", [1, 2])
def test_a_limit_on_file_sizes_ends_all_ranks(tmp_path: Path, ranks: int) -> None:
    """A manifest is larger than 300 bytes; rank 0 meets it while others wait for it."""
    program = ["-m", "tests.scenarios.doubled_command", "run", "walking", "-q", "-o", "r"]
    # MPI makes larger files of its own when it starts.
    limit = "import mpi4py.MPI, resource as r; r.setrlimit(r.RLIMIT_FSIZE, (300, 300))"
    starter = f"{limit}; import sys, runpy; sys.argv[:] = {program[1:]!r}; "
    starter += "runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
    command = [sys.executable, "-c", starter]
    if ranks > 1:
        command = ["mpirun", "-n", str(ranks), *command]
    result = subprocess.run(
        command,
        cwd=tmp_path,
        env={**NO_MPI, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    assert "File too large" in result.stderr and "Traceback" not in result.stderr
    assert result.stderr.count("solespine: ") == 1


def test_checkpoint_stays_when_the_next_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.pickle"
    write_checkpoint(path, 1)
    disk = FullDisk(monkeypatch, "state")
    with pytest.raises(OSError, match="No space"):
        write_checkpoint(path, list(range(100_000)))
    assert disk.met
    assert read_checkpoint(path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["state.pickle"]


def damaged(rng: random.Random, raw: bytes) -> bytes:
    if rng.random() < 0.3:
        return raw[: rng.randrange(len(raw))]
    changed = bytearray(raw)
    for _ in range(rng.choice((1, 4, 40))):
        changed[rng.randrange(len(raw))] ^= rng.randrange(1, 256)
    return bytes(changed)


def test_damaged_checkpoints_and_calibrations_are_as_absent(tmp_path: Path) -> None:
    rng = random.Random(4)
    state, kept = tmp_path / "state.pickle", tmp_path / "c.npz"
    write_checkpoint(state, {"u": np.arange(50.0), "at": 3.5, "text": ["a", "b"]})
    rows = np.arange(6.0)
    write_calibration(kept, Calibration(rows, np.ones((6, 3)), np.ones((6, 3)), np.ones((6, 3))))
    whole = state.read_bytes(), kept.read_bytes()
    for _ in range(300):
        state.write_bytes(damaged(rng, whole[0]))
        assert read_checkpoint(state) is None
        kept.write_bytes(damaged(rng, whole[1]))
        found = read_calibration(kept)
        assert found is None or np.array_equal(found.percent, rows)


def test_damaged_tables_keep_their_whole_rows(tmp_path: Path) -> None:
    path, rng = tmp_path / "history.csv", random.Random(5)
    whole = b"percent,force_n\n" + b"".join(b"%d.0,%d.5\n" % (k, k) for k in range(1, 30))
    for _ in range(300):
        path.write_bytes(damaged(rng, whole))
        try:
            GrowingTable(path).keep("percent", 20.0)
            GrowingTable(path).add({"percent": 21.0, "force_n": 1.0})
        except ScenarioError as error:
            assert error.exit_code == 2
        except ValueError as error:
            assert "columns" in str(error)  # the header itself is damaged
