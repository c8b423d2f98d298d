# SPDX-License-Identifier: MIT
"""What a calibration stands for: the conditions that baseline and candidate share.

A candidate is predicted with the torques of its baseline, so all but the insole must be
the same; see ``docs/theory/stance.md``. Nothing here needs the finite-element library.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from scenarios.identity import input_hashes, versions
from scenarios.loading import scenario_data
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole
from scenarios.source import flattened

_VERSION = 2
FREE_TABLES = ("insole", "baseline", "lumbar", "solver", "output", "alignment")
"""Tables in which a candidate may differ: what lies under the foot is what is asked, the spine
does not act back on the foot, and the solver's settings move results by its tolerance only."""
UNUSED_TABLES = {
    "standing": ("gait", "impact"),
    "stance": ("standing", "impact"),
    "impact": ("standing",),
}
"""Tables that an analysis does not read."""
INSTANTS = "output.stance_percent"

PROJECT = Path(__file__).parents[1]
SOURCES = (
    *("simulator/**/*.py", "materials/**/*.py", "materials/**/*.toml", "meshes/**/*.py"),
    *("scenarios/foot_*.py", "scenarios/gait/**/*.*", "scenarios/analyses/*.py"),
    "scenarios/measured/*.py",
    *("scenarios/insole_table.py", "scenarios/loading.py", "scenarios/shapes.py"),
    *("scenarios/catalogue.py", "scenarios/leg_length.py", "scenarios/subject_scan.py"),
    "scenarios/wear.py",
)
"""Code and data that determine a calibration."""
LIBRARIES = ("fenics-dolfinx", "gmsh", "numpy", "scipy")


def terms(scenario: Scenario, files: Mapping[str, str] | None = None) -> dict[str, object]:
    """Conditions of a calibration by dotted key, comparable with ``==``.

    Output instants are among them: they are hit as milestones, so that they set the steps
    in which friction builds up.

    Args:
        scenario: of the baseline or of a candidate.
        files: SHA-256 of each input file by key; made of the files where left out.
    """
    left_out = (*FREE_TABLES, *UNUSED_TABLES[scenario.analysis])
    found: dict[str, object] = {
        key: value
        for key, value in flattened(scenario_data(scenario))
        if key != "name" and key.partition(".")[0] not in left_out
    }
    hashes = input_hashes(scenario) if files is None else files
    found.update({key: f"sha256 {value}" for key, value in hashes.items() if key in found})
    if scenario.analysis == "stance":
        found[INSTANTS] = scenario.output.instants
    return found


def differing(there: Mapping[str, object], here: Mapping[str, object]) -> tuple[str, ...]:
    """Keys of conditions that are not the same, in the order of the scenario."""
    keys = dict.fromkeys((*here, *there))
    return tuple(key for key in keys if not _same(there.get(key), here.get(key)))


def shown(value: object) -> str:
    """A condition as it stands in a message."""
    if value is None:
        return "absent"
    if isinstance(value, tuple):
        text = ", ".join(f"{item:g}" for item in value)
        return f"[{text}]" if len(text) <= 40 else f"[{text[:24]} ... {value[-1]:g}]"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)[:19] if str(value).startswith("sha256 ") else str(value)


def calibration_key(scenario: Scenario, table: Insole) -> str:
    """Hash of all that a calibration depends on, code and libraries included.

    Args:
        scenario: of the baseline or of a candidate, the same for both.
        table: insole of the baseline, a table of the scenario itself.
    """
    insole = table.model_dump(mode="json", exclude={"calibration_dir", "both_feet"})
    if table.material_file is not None:
        name = "baseline" if table is scenario.baseline else "insole"
        insole["material_file"] = input_hashes(scenario)[f"{name}.material_file"]
    solver = scenario.solver.model_dump(mode="json")
    content = [_VERSION, sources_digest(), terms(scenario), solver, insole]
    text = json.dumps(content, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@cache
def sources_digest() -> str:
    """Hash of the code, tables and libraries that a calibration is computed with."""
    digest = hashlib.sha256()
    known = versions()
    for name in LIBRARIES:
        digest.update(f"{name} {known.get(name, '')}\0".encode())
    files = {path for pattern in SOURCES for path in PROJECT.glob(pattern) if path.is_file()}
    for path in sorted(files):
        if "__pycache__" in path.parts:
            continue
        digest.update(str(path.relative_to(PROJECT)).encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _same(one: object, two: object) -> bool:
    if isinstance(one, tuple) and isinstance(two, tuple):
        return len(one) == len(two) and all(map(_same, one, two))
    if isinstance(one, float) and isinstance(two, float):
        return math.isclose(one, two, rel_tol=1e-12, abs_tol=1e-9)
    return one == two
