# SPDX-License-Identifier: MIT
"""The command ``insole export``: an insole as a file for printing and milling."""

from __future__ import annotations

from pathlib import Path

from scenarios.cli.parser import Arguments
from scenarios.errors import NotWritten, ScenarioError
from scenarios.followup.files import output_file
from scenarios.launch import is_speaker
from scenarios.loading import Loaded, load_scenario
from scenarios.source import user_path
from scenarios.text_table import aligned_lines
from scenarios.wear import wear_words

COMMAND = "insole export"
SIZES_MM = (0.5, 6.0)


def export(arguments: Arguments) -> int:
    """Write the file, the map of thickness and the drawing."""
    if not is_speaker():
        return 0
    path = output_file(arguments.output, COMMAND, (".stl", ".3mf"))
    assert path is not None  # argparse requires it
    thickness = path.with_name(f"{path.stem}_thickness.png")
    drawing = path.with_name(f"{path.stem}_drawing.pdf")
    _refuse_existing((path, thickness, drawing), arguments.overwrite)
    size = _size_mm(arguments.size_mm)
    loaded = _load(arguments)
    if loaded.scenario.insole.is_barefoot:
        raise loaded.error(
            "insole.material",
            "barefoot: there is no insole to export",
            allowed="an insole material, such as eva_35",
        )

    from scenarios.figures.insole_drawing import save_drawing
    from scenarios.figures.insole_thickness import save_thickness_map
    from scenarios.insole_export import body_rows, export_insole, write_insole

    try:
        insole = export_insole(loaded.scenario, size)
    except ScenarioError as error:
        raise loaded.error(error.key, error.problem, allowed=error.allowed) from None
    write_insole(path, insole)
    for place, save in ((thickness, save_thickness_map), (drawing, save_drawing)):
        try:
            save(insole, place)
        except OSError as error:
            raise NotWritten(str(place), error.strerror or type(error).__name__) from None
    # Last, so that a pipe that is closed early costs no file.
    print(f"{insole.title}: {insole.description}")
    for line in aligned_lines(body_rows(insole), left={0, 1}):
        print(line)
    worn = wear_words(loaded.scenario.insole)
    if worn:
        print(f"warning: the insole is exported as new, not{worn.removeprefix(',')}")
    for place in (path, thickness, drawing):
        print(f"written: {place}")
    return 0


def _load(arguments: Arguments) -> Loaded:
    """The scenario, of a result folder the one that was run."""
    inside = user_path(arguments.scenario) / "scenario.toml"
    try:
        given = str(inside) if inside.is_file() else arguments.scenario
    except (OSError, ValueError):  # a name too long, or with a null byte
        given = arguments.scenario
    return load_scenario(given, settings=arguments.settings, resolution=arguments.resolution)


def _refuse_existing(paths: tuple[Path, ...], overwrite: bool) -> None:
    for path in paths:
        if path.is_dir():
            raise ScenarioError(COMMAND, "-o", f"{path} is a folder", allowed="another name")
        if path.exists() and not overwrite:
            raise ScenarioError(
                COMMAND, "-o", f"{path} exists", allowed="another name, or --overwrite"
            )


def _size_mm(given: str | None) -> float | None:
    if given is None:
        return None
    low, high = SIZES_MM
    try:
        size = float(given)
    except ValueError:
        size = -1.0
    if not low <= size <= high:
        raise ScenarioError(
            COMMAND, "--size-mm", f"got {given!r}", allowed=f"{low:g} to {high:g} mm"
        )
    return size
