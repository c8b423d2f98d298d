# SPDX-License-Identifier: MIT
"""The commands that take result folders: compare, report, view."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scenarios.cli.parser import Arguments
from scenarios.errors import ScenarioError
from scenarios.summary import Summary, read_summary

KEY_FIGURES = (
    ("plantar.peak_pressure_kpa.heel", "heel peak pressure"),
    ("plantar.peak_pressure_kpa.forefoot", "forefoot peak pressure"),
    ("alignment.arch_height_drop_mm", "arch drop"),
    ("lumbar.L4-L5.compression_n.peak", "L4-L5 compression, peak"),
    ("lumbar.L4-L5.compression_n.peak_bw", "L4-L5 compression, peak"),
    ("lumbar.L4-L5.disc_pressure_mpa.peak", "L4-L5 disc pressure, peak"),
)


def compare(arguments: Arguments) -> int:
    """Print the differences of result folders to the first."""
    from scenarios.compare import compare_folders, comparison_text

    folders = [Path(folder) for folder in arguments.folders]
    print(comparison_text(arguments.folders[0], compare_folders(folders)))
    return 0


def report(arguments: Arguments) -> int:
    """Draw the figures and write the report of a finished result again."""
    folder = Path(arguments.folder)
    summary = read_summary(folder)
    from scenarios.run import report_module

    print(report_module().write_report(folder, summary))
    return 0


def view(arguments: Arguments) -> int:
    """List the field files of a result and what opens them."""
    folder = Path(arguments.folder)
    if not folder.is_dir():
        raise ScenarioError(str(folder), "", "no such folder", allowed="a result folder")
    fields = folder / "fields"
    collections = sorted(fields.glob("*.pvd"))
    files = sorted(fields.glob("*.vtu"))
    if not files:
        raise ScenarioError(
            str(folder), "", "holds no field files", allowed="a result with output.fields = true"
        )
    print(f"{len(files)} field files in {fields}")
    for collection in collections:
        print(f"ParaView, all bodies over time: paraview {collection}")
    print(f"PyVista, one file: python -c \"import pyvista; pyvista.read('{files[-1]}').plot()\"")
    return 0


def key_figures(summary: Summary) -> Iterator[str]:
    """The few numbers that a run prints at its end."""
    from scenarios.compare import output_unit
    from scenarios.summary import main_outputs

    values = dict(main_outputs(summary))
    for key, title in KEY_FIGURES:
        if key in values:
            yield f"{title}: {values[key]:.4g} {output_unit(key)}".rstrip()
