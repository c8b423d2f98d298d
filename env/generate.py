"""Makes environment.yml, Dockerfile, apptainer.def and recipe/recipe.yaml from packages.txt.

Run `python env/generate.py` after a change of the list; `--check` only tells what is out of date.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

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

# What an environment chooses and a package leaves open: tools, the MPI and the BLAS.
NOT_OF_THE_PACKAGE = {"ca-certificates", "git", "libblas", "openmpi", "pip"}
CONDA_NAMES = {"matplotlib": "matplotlib-base", "SALib": "salib"}
# conda knows no extras: of these it holds the versions, should the packages be there.
CONSTRAINED = ("c3d", "studies", "view")


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


def project_table(path: Path = HERE.parent / "pyproject.toml") -> dict[str, Any]:
    """The file of the Python project."""
    return tomllib.loads(path.read_text())


def conda_specs(requirements: list[str]) -> dict[str, str]:
    """Python requirements as conda writes them, by conda name; markers and extras fall away."""
    found = {}
    for line in requirements:
        match = re.match(r"([A-Za-z0-9_.-]+)(?:\[.*\])?\s*([^;]*)", line)
        if match is None:
            raise ValueError(f"pyproject.toml: no requirement: {line}")
        name = CONDA_NAMES.get(match[1], match[1])
        found[name] = f"{name} {match[2].strip()}".strip()
    return found


def run_specs(groups: dict[str, list[tuple[str, str]]]) -> list[str]:
    """What the conda package needs: the list, with the versions of pyproject.toml."""
    project = project_table()["project"]
    specs = {"python": f"python {project['requires-python']}"}
    for spec in conda_names(groups["base"]):
        built = re.fullmatch(r"([\w-]+)=([^=]+)=(.+)", spec)  # name=version=build
        name, *rest = built.groups() if built else re.fullmatch(r"([\w-]+)(.*)", spec).groups()
        if name not in NOT_OF_THE_PACKAGE:
            specs[name] = " ".join([name, *rest]).strip()
    return sorted((specs | conda_specs(project["dependencies"])).values())


def recipe_yaml(groups: dict[str, list[tuple[str, str]]]) -> str:
    """The recipe of a conda package, for rattler-build."""
    table = project_table()
    project = table["project"]
    extras = [line for name in CONSTRAINED for line in project["optional-dependencies"][name]]
    host = ["pip", f"python {project['requires-python']}"]
    host += conda_specs(table["build-system"]["requires"]).values()
    packages = table["tool"]["setuptools"]["packages"]["find"]["include"]

    def listed(specs: list[str], indent: str) -> str:
        return "\n".join(f'{indent}- "{spec}"' for spec in sorted(specs))

    (command, entry), *_ = project["scripts"].items()
    return f"""\
# {MADE}
# rattler-build build --recipe recipe
schema_version: 1

context:
  version: "{project["version"]}"

package:
  name: {project["name"]}
  version: ${{{{ version }}}}

source:
  path: ..

build:
  number: 0
  noarch: python
  script: ${{{{ PYTHON }}}} -m pip install . --no-deps --no-build-isolation -vv
  python:
    entry_points:
      - {command} = {entry}

requirements:
  host:
{listed(host, "    ")}
  run:
{listed(run_specs(groups), "    ")}
  run_constraints:
{listed(list(conda_specs(extras).values()), "    ")}

tests:
  - python:
      imports:
{listed([pattern.rstrip("*") for pattern in packages] + ["scenarios.api"], "        ")}
      pip_check: false
  - script:
      - {command} --version
      - {command} check standing

about:
  summary: "{project["description"]}"
  license: {project["license"]}
  license_file: {project["license-files"][0]}
"""


def generate() -> dict[str, str]:
    """Text of every made file, by its path from here."""
    groups = read_packages()
    return {
        "../recipe/recipe.yaml": recipe_yaml(groups),
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


def _shown(name: str) -> str:
    return name.removeprefix("../") if name.startswith("../") else f"env/{name}"


def main(arguments: list[str]) -> int:
    """Writes the files, or with --check only tells which are out of date."""
    stale = out_of_date()
    if "--check" in arguments:
        for name in stale:
            print(f"{_shown(name)} is out of date: run python env/generate.py", file=sys.stderr)
        return 1 if stale else 0
    made = generate()
    for name in stale:
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_text(made[name])
        print(f"wrote {_shown(name)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
