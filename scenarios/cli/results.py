# SPDX-License-Identifier: MIT
"""The commands that take result folders: compare, report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scenarios.cli.parser import Arguments
from scenarios.errors import ScenarioError
from scenarios.launch import is_speaker
from scenarios.summary import Summary, read_summary

KEY_FIGURES = (
    ("plantar.peak_pressure_kpa.heel", "heel peak pressure"),
    ("plantar.peak_pressure_kpa.forefoot", "forefoot peak pressure"),
    ("alignment.arch_height_drop_mm", "arch drop"),
    ("lumbar.L4-L5.compression_n.peak", "L4-L5 compression, peak"),
    ("lumbar.L4-L5.compression_n.peak_bw", "L4-L5 compression, peak"),
    ("lumbar.L4-L5.disc_pressure_mpa.peak", "L4-L5 disc pressure, peak"),
    ("shock.impact_peak_bw", "impact peak"),
    ("shock.loading_rate_bw_per_s", "loading rate"),
    ("shock.peak_acceleration_g.tibia", "tibia, peak acceleration"),
    ("shock.peak_acceleration_g.sacrum", "sacrum, peak acceleration"),
    ("shock.peak_acceleration_g.L3", "L3, peak acceleration"),
    ("shock.lumbar.L4-L5.compression_rise_n", "L4-L5 compression, rise"),
)


def compare(arguments: Arguments) -> int:
    """Print the differences of result folders to the first, or to a measured record."""
    if not is_speaker():
        return 0
    if arguments.visits:
        _refuse(arguments, ("uncertainty", "every"), "a comparison of results, without --visits")
        from scenarios.cli.followup import compare_visits

        return compare_visits(arguments)
    from scenarios.measured import is_pressure_file

    files = [name for name in arguments.folders if is_pressure_file(name)]
    if files:
        _refuse(arguments, ("output", "uncertainty", "every"), "a comparison of results")
        return _compare_measured(arguments, files)
    _refuse(arguments, ("side",), "MEASURED DIR ..., a file of pressure and a result")
    return _compare_results(arguments)


def _refuse(arguments: Arguments, names: tuple[str, ...], allowed: str) -> None:
    """Refuse flags of another kind of comparison."""
    flags = {"output": "-o", "every": "--all"}
    for name in names:
        if getattr(arguments, name) not in (None, False):
            flag = flags.get(name, f"--{name}")
            raise ScenarioError("compare", flag, "is of another comparison", allowed=allowed)


def _compare_results(arguments: Arguments) -> int:
    """Print the differences of results; with ``-o`` write page and table."""
    from scenarios.compare import compare_folders
    from scenarios.compare_files import output_folder, write_table
    from scenarios.compare_text import comparison_text

    folders = [Path(folder) for folder in arguments.folders]
    target = output_folder(arguments.output)
    study = arguments.uncertainty
    deviations = None
    if study is not None:
        from scenarios.compare_uncertainty import deviations_of

        deviations = deviations_of(Path(study), folders)
    found = compare_folders(folders, deviations)
    written: list[str] = []
    if target is not None:
        from scenarios.compare_page import page_of, write_page

        page = page_of(folders, found, study)
        written = [f"written: {write_table(target, found)}", f"page: {write_page(target, page)}"]
    text = comparison_text(arguments.folders[0], found, every=arguments.every, study=study)
    # Last, so that a pipe that is closed early costs no file.
    print("\n".join((text, *written)))
    return 0


def _compare_measured(arguments: Arguments, files: list[str]) -> int:
    """Print result folders beside the measured file that stands first, and draw the curves."""
    from scenarios.compare_measured import compare_measured, measured_text
    from scenarios.figures.measured import save_measured_figure
    from scenarios.measured import read_pressure

    first, *folders = arguments.folders
    if len(files) > 1 or files[0] != first or not folders:
        raise ScenarioError(
            "compare",
            "",
            "takes one measured file, which stands first, and a result folder or more",
            allowed="MEASURED DIR ..., a file of pressure and a result",
        )
    record = read_pressure(first)
    found = [compare_measured(record, Path(folder), arguments.side) for folder in folders]
    for comparison in found:
        print(measured_text(comparison))
        try:
            print(f"figure: {save_measured_figure(comparison)}")
        except OSError as error:
            print(f"figure: not written: {error.strerror}")
        if comparison is not found[-1]:
            print()
    return 0


def report(arguments: Arguments) -> int:
    """Draw the figures and write the report of a finished result again, or that of a study."""
    if not is_speaker():
        return 0
    folder = Path(arguments.folder)
    if (folder / "plan.json").is_file():
        from scenarios.uncertainty.page import write_study_report

        print(write_study_report(folder))
        return 0
    summary = read_summary(folder)
    from scenarios.run import report_module

    print(report_module().write_report(folder, summary))
    return 0


def key_figures(summary: Summary) -> Iterator[str]:
    """The few numbers that a run prints at its end."""
    from scenarios.compare_outputs import output_unit
    from scenarios.summary import main_outputs

    values = dict(main_outputs(summary))
    for key, title in KEY_FIGURES:
        if key in values:
            yield f"{title}: {values[key]:.4g} {output_unit(key)}".rstrip()
