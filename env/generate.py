"""Makes environment.yml, Dockerfile and apptainer.def from packages.txt.

Run `python env/generate.py` after a change of the list; `--check` only tells what is out of date.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
MADE = "Made by env/generate.py from env/packages.txt: change those, not this file."

# Open MPI in a container: more ranks than cores if asked for. How ranks reach each other is left
# to it, as an image may run on several nodes of a cluster.
CONTAINER_VARIABLES = {
    "OMP_NUM_THREADS": "1",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "VTK_DEFAULT_OPENGL_WINDOW": "vtkEGLRenderWindow",
    "PATH": "/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}


def read_packages(path: Path = HERE / "packages.txt") -> dict[str, list[tuple[str, str]]]:
    """Reads the list: for each group, pairs of Debian and conda-forge names."""
    groups: dict[str, list[tuple[str, str]]] = {}
    group = ""
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("["):
            group = text.strip("[]")
            groups[group] = []
            continue
        cells = [cell.strip() for cell in text.split("|")]
        if len(cells) != 3 or not group:
            raise ValueError(f"{path.name}:{number}: expected 'debian | conda | why' in a [group]")
        groups[group].append((cells[0], cells[1]))
    return groups


def debian_names(group: list[tuple[str, str]]) -> list[str]:
    """The Debian side of a group, sorted."""
    return sorted(debian for debian, _ in group if debian != "-")


def conda_names(group: list[tuple[str, str]]) -> list[str]:
    """The conda-forge side of a group, sorted."""
    return sorted(conda for _, conda in group if conda != "-")


def environment_yml(groups: dict[str, list[tuple[str, str]]]) -> str:
    """The conda environment; env/run adds what PyPI has when it is active."""
    packages = "\n".join(f'  - "{name}"' for name in conda_names(groups["base"]))
    return (
        f"# {MADE}\nname: solespine\nchannels:\n  - conda-forge\n  - nodefaults\n"
        f'dependencies:\n  - "python>=3.11"\n{packages}\n'
    )


def install_commands(groups: dict[str, list[tuple[str, str]]], indent: str) -> list[str]:
    """Shell commands that fill a bare Debian image; the project is in /opt/solespine."""
    names = f" \\\n{indent}    ".join(debian_names(groups["base"]))
    return [
        f"apt-get update && apt-get install -y --no-install-recommends \\\n{indent}    {names} \\\n"
        f"{indent}    && rm -rf /var/lib/apt/lists/*",
        "python3 -m venv --system-site-packages /opt/venv",
        "/opt/venv/bin/pip install --no-cache-dir -e '/opt/solespine[all]'",
    ]


def dockerfile(groups: dict[str, list[tuple[str, str]]]) -> str:
    """The Docker image; packages come before the project so that their layer is kept."""
    packages, venv, project = install_commands(groups, "")
    variables = "\n".join(f"ENV {name}={value}" for name, value in CONTAINER_VARIABLES.items())
    return (
        f"# {MADE}\n# docker build -t solespine -f env/Dockerfile .\nFROM debian:trixie-slim\n"
        f"RUN {packages}\nRUN {venv}\n{variables}\nCOPY . /opt/solespine\nRUN {project}\n"
        'CMD ["solespine", "--help"]\n'
    )


def installed_files(path: Path = HERE.parent / "pyproject.toml") -> list[str]:
    """What pip needs of the project; all of it would bring .git and .venv, which Docker ignores."""
    settings = tomllib.loads(path.read_text())
    project = settings["project"]
    packages = settings["tool"]["setuptools"]["packages"]["find"]["include"]
    names = [pattern.rstrip("*") for pattern in packages]
    return [path.name, project["readme"], *project["license-files"], *names]


def apptainer_def(groups: dict[str, list[tuple[str, str]]]) -> str:
    """The Apptainer image, for clusters; built from the project's folder."""
    post = "\n".join(f"    {line}" for line in install_commands(groups, "    "))
    variables = "\n".join(f"    export {k}={v}" for k, v in CONTAINER_VARIABLES.items())
    files = "\n".join(f"    {name} /opt/solespine/{name}" for name in installed_files())
    return (
        f"# {MADE}\n# In the project's folder: apptainer build solespine.sif env/apptainer.def\n"
        f"Bootstrap: docker\nFrom: debian:trixie-slim\n\n%files\n{files}\n\n"
        f"%environment\n{variables}\n\n%post\n{post}\n\n"
        '%runscript\n    exec solespine "$@"\n'
    )


def generate() -> dict[str, str]:
    """Text of every made file, by name."""
    groups = read_packages()
    return {
        "environment.yml": environment_yml(groups),
        "Dockerfile": dockerfile(groups),
        "apptainer.def": apptainer_def(groups),
    }


def out_of_date() -> list[str]:
    """Names of the made files that differ from what the list asks for."""
    return [
        name
        for name, text in generate().items()
        if not (HERE / name).is_file() or (HERE / name).read_text() != text
    ]


def main(arguments: list[str]) -> int:
    """Writes the files, or with --check only tells which are out of date."""
    stale = out_of_date()
    if "--check" in arguments:
        for name in stale:
            print(f"env/{name} is out of date: run python env/generate.py", file=sys.stderr)
        return 1 if stale else 0
    made = generate()
    for name in stale:
        (HERE / name).write_text(made[name])
        print(f"wrote env/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
