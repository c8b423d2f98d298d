# SPDX-License-Identifier: MIT
"""Source archive and wheel have every file, and work where there is no checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text())
VERSION = SETTINGS["project"]["version"]
PACKAGES = [
    name.rstrip("*") for name in SETTINGS["tool"]["setuptools"]["packages"]["find"]["include"]
]
TOP = ["pyproject.toml", "README.md", "LICENSE"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the archives, the wheel made from the source archive."""
    pytest.importorskip("build")
    folder = tmp_path_factory.mktemp("build")
    source = folder / "source"
    for name in PACKAGES:
        unwanted = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / name, source / name, ignore=unwanted)
    for name in TOP:
        shutil.copy(PROJECT / name, source / name)
    said = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(source)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    return folder


@pytest.fixture(scope="module")
def installed(built: Path) -> Path:
    """A fresh environment with the wheel, beside dolfinx and the other packages that are here."""
    venv = built / "venv"
    python = [sys.executable, "-m", "venv", "--system-site-packages", "--without-pip"]
    subprocess.run([*python, str(venv)], check=True, timeout=60)
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", str(venv / "bin" / "python")]
    (wheel,) = built.glob("*.whl")
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True, timeout=120
    )
    # A line of a .pth file adds the packages without what makes this checkout importable there.
    (site,) = (venv / "lib").glob("python*/site-packages")
    (site / "dependencies_of_the_tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv


def files_of_the_packages(source: Path) -> set[str]:
    found = (path for name in PACKAGES for path in (source / name).rglob("*"))
    return {str(path.relative_to(source)) for path in found if path.is_file()}


def test_archives_have_every_file(built: Path) -> None:
    expected = files_of_the_packages(built / "source")
    assert {Path(name).suffix for name in expected} >= {".py", ".toml", ".j2", ".csv"}
    (wheel,) = built.glob("*.whl")
    assert wheel.name == f"solespine-{VERSION}-py3-none-any.whl"
    in_wheel = set(zipfile.ZipFile(wheel).namelist())
    assert expected <= in_wheel
    beside = {name for name in in_wheel - expected if ".dist-info/" not in name}
    assert beside == set()
    with tarfile.open(built / f"solespine-{VERSION}.tar.gz") as archive:
        in_source = {name.partition("/")[2] for name in archive.getnames()}
    assert expected | set(TOP) <= in_source


COMMANDS = """
import sys
from scenarios.cli import main
for line in sys.argv[1:]:
    code = main(line.split())
    if code:
        sys.exit(f"{line}: {code}")
import scenarios.report
print(scenarios.__file__)
"""


def test_it_works_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["XDG_CACHE_HOME"] = str(tmp_path / "cache")

    def said(*command: str) -> str:
        found = subprocess.run(
            [str(installed / "bin" / command[0]), *command[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert found.returncode == 0, found.stderr
        return found.stdout

    assert said("solespine", "--version") == f"solespine {VERSION}\n"
    lines = ["check standing", "materials shore 35", "new mine.toml", "completion bash"]
    text = said("python", "-c", COMMANDS, *lines)
    assert "eva_35 6 mm" in text  # foot and insole are meshed
    assert "next: solespine check mine.toml" in text and "_solespine" in text
    assert Path(text.splitlines()[-1]).is_relative_to(installed)
