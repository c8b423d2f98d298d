"""The conda, Docker and Apptainer files are what the one package list asks for."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ENV = PROJECT / "env"


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("env_generate", ENV / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_made_files_are_current(generate):
    assert generate.out_of_date() == []


def test_env_run_reads_the_same_list(generate):
    """env/run parses the list with awk: both readers must agree on every group."""
    for group, names in generate.read_packages().items():
        script = f'env_dir={ENV}; source {ENV}/lib/rootfs.sh; packages_of "{group}"'
        out = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
        assert sorted(out.stdout.split()) == generate.debian_names(names)


def test_malformed_line_is_named(generate, tmp_path):
    bad = tmp_path / "packages.txt"
    bad.write_text("[base]\nonly-a-name\n")
    with pytest.raises(ValueError, match=r"packages\.txt:2"):
        generate.read_packages(bad)


def test_required_python_packages_come_from_somewhere(generate):
    """What pyproject.toml requires is on conda's side of the list, or comes from PyPI alone."""
    only_pypi = {"casadi", "pyvista", "shtab", "vtk"}
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    required = {re.split(r"[<>=!~ \[]", line)[0] for line in project["dependencies"]}
    listed = generate.conda_names(generate.read_packages()["base"])
    conda = {re.split(r"[<>=]", name)[0] for name in listed}
    assert required - only_pypi <= conda | {"matplotlib"}


def test_shell_files_parse():
    files = [ENV / "run", PROJECT / ".ci" / "run", *sorted((ENV / "lib").glob("*.sh"))]
    for file in files:
        subprocess.run(["bash", "-n", str(file)], check=True)
