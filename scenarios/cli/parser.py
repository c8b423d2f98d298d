# SPDX-License-Identifier: MIT
"""The command line: commands, flags, and one-line messages for wrong ones."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, Literal, NoReturn

from scenarios.cli import (
    compare_arguments,
    export_arguments,
    first_steps_arguments,
    optimise_arguments,
    sweep_arguments,
    view_arguments,
)
from scenarios.cli import followup_arguments as followup
from scenarios.errors import ScenarioError, listed, nearest

RESOLUTIONS = ("coarse", "standard", "fine")
COMMANDS = (
    *("new", "run", "mesh", "check", "sweep", "optimise", "compare", "report", "view"),
    *("insole", "materials", "schema", "completion"),
)

EPILOG = """\
SCENARIO is a TOML file, or the name of a scenario that comes with solespine
(standing, walking, heel_strike, running). Every key of a scenario has a default;
see docs/guide/scenario.md.

exit codes: 0 done, 2 wrong input (nothing is written), 3 not converged (what was
computed is kept, --resume goes on), 130 interrupted (likewise)
"""

RUN_EPILOG = """\
examples:
  solespine run walking
  solespine run walking --set insole.material=eva_50 --set insole.heel_lift_mm=6 -o results/lift
  solespine run study.toml --resolution standard -n 4
  mpirun -n 8 solespine run study.toml
"""

LIST_EPILOG = """\
examples:
  solespine materials list --kind foam --shore-a 20:40
  solespine materials list --kind insole --modulus-mpa 0.1:1
"""

FIT_EPILOG = """\
A test file is a CSV with a line '# test: ...' (uniaxial_compression, uniaxial_tension,
simple_shear, confined_compression, relaxation, cyclic) and columns such as
strain_percent,stress_kpa or time_s,displacement_mm,force_n; see docs/guide/fitting.md.

MODEL: neo_hookean, mooney_rivlin, ogden-1 to -3 (nearly incompressible: rubber, gel, tissue),
hyperfoam-1 to -3, compressible_neo_hookean (foams)

examples:
  solespine materials fit compression.csv shear.csv --model hyperfoam-2 -o foam.toml
  solespine materials fit slow.csv hold.csv --model ogden-1 --prony 3 --plot pad.png
"""


class Arguments(argparse.Namespace):
    """The parsed command line; attributes that a command does not have are unset."""

    argv: list[str]
    command: str
    scenario: str
    settings: list[str]
    resolution: str | None
    output: str | None
    resume: bool
    overwrite: bool
    ranks: int | None
    quiet: bool
    folders: list[str]
    side: Literal["left", "right"] | None
    visits: bool
    every: bool
    uncertainty: str | None
    marks: list[str]
    all_rules: bool
    baseline: str
    growth_percent_per_day: float
    steps_per_day: float | None
    standing_hours: float | None
    waking_hours: float
    cadence: float | None
    folder: str
    beside: str | None
    field: str | None
    time: str | None
    scale: str | None
    bodies: str | None
    limits: str | None
    cut: str | None
    focus: Literal["foot", "spine", "all"] | None
    look: str | None
    screenshot: str | None
    film: str | None
    size: str | None
    paraview: str | None
    only_list: bool
    port: int | None
    host: str
    no_browser: bool
    action: str
    material: str
    material_file: str | None
    kind: str | None
    family: str | None
    shore_a: str | None
    density_kg_m3: str | None
    modulus_mpa: str | None
    tests: list[str]
    model: str
    prony: str | None
    prony_times: str | None
    poisson_ratio: str | None
    name: str | None
    plot: str | None
    hardness: str
    size_mm: str | None
    study: str
    extend: bool
    retry: bool
    workers: int | None
    limit: int | None
    status: bool
    on: Literal["local", "slurm"]
    print_sbatch: bool
    effects: bool
    cancel: bool
    file: str | None
    analysis: Literal["standing", "stance", "impact"]
    reader: Literal["designer", "engineer", "researcher"] | None
    file_kind: Literal["scenario", "study", "search"]
    shell: str


class Parser(argparse.ArgumentParser):
    """Refuses with one line and exit code 2 instead of printing the usage."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse has to say as wrong input."""
        flags = [flag for flag in self._option_string_actions if flag not in ("-h", "--help")]
        said = _reworded(message, flags)
        raise ScenarioError(self.prog.removeprefix("solespine").strip(), "", said)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse, but a command refuses what it does not know by itself, by its own flags."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown


def _reworded(message: str, flags: Sequence[str]) -> str:
    """One of argparse's messages with what is allowed and the nearest match among ``flags``."""
    choice = re.match(r"argument (.+?): invalid choice: '(.*)' \(choose from (.+)\)", message)
    if choice:
        name, given, choices = choice.groups()
        words = [word.strip().strip("'") for word in choices.split(",")]
        near = nearest(given, words, cutoff=0.5)
        text = f"{name}: no {given!r}; allowed: {listed(words)}"
        return text + (f"; did you mean {near}?" if near else "")
    unknown = re.match(r"unrecognized arguments: (\S+)", message)
    if unknown:
        given = unknown[1].partition("=")[0]
        near = nearest(given, flags, cutoff=0.5) if given.startswith("-") else ""
        text = f"no argument {unknown[1]}"
        return text + (f"; did you mean {near}?" if near else "; see --help")
    required = re.match(r"the following arguments are required: (.+)", message)
    if required:
        return f"{required[1]} is missing; see --help"
    return message.replace("argument ", "", 1)


def build_parser() -> Parser:
    """The parser of the whole command line."""
    parser = Parser(
        prog="solespine",
        description="From the sole to the spine: what an insole changes in foot and lumbar load.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    first_steps_arguments.new(
        _command(
            commands,
            "new",
            "write a commented scenario to change",
            first_steps_arguments.NEW_EPILOG,
        )
    )
    run = _command(commands, "run", "simulate a scenario into a result folder", RUN_EPILOG)
    _study_arguments(run)
    sweep_arguments.print_sbatch(run)
    mesh = _command(commands, "mesh", "make the meshes and their pictures only")
    _study_arguments(mesh)
    check = _command(commands, "check", "validate a scenario and say what a run will cost")
    _study_arguments(check)

    compare_arguments.add_arguments(
        _command(
            commands,
            "compare",
            "differences of finished runs to the first, or to a measured record",
            compare_arguments.EPILOG,
        )
    )
    report = _command(commands, "report", "draw the figures and write report.html again")
    report.add_argument("folder", metavar="DIR", help="result folder, or folder of a study")
    view_arguments.add_arguments(
        _command(
            commands,
            "view",
            "look at a result in the browser, or as a picture",
            view_arguments.EPILOG,
        )
    )

    sweep = _command(
        commands, "sweep", "many cases of one scenario, into one table", sweep_arguments.EPILOG
    )
    sweep_arguments.add_arguments(sweep)
    optimise_arguments.add_arguments(
        _command(
            commands,
            "optimise",
            "search for the best designs of one scenario",
            optimise_arguments.EPILOG,
        )
    )
    insole = _command(commands, "insole", "export an insole, adjust it, wear it in")
    insole_actions = insole.add_subparsers(dest="action", metavar="ACTION", required=True)
    export_arguments.export(
        _command(
            insole_actions,
            "export",
            "an insole as a file for printing and milling",
            export_arguments.EXPORT_EPILOG,
        )
    )
    followup.suggest(
        _command(
            insole_actions, "suggest", "changes to try next, as scenarios", followup.SUGGEST_EPILOG
        )
    )
    followup.wearing_in(
        _command(
            insole_actions,
            "wearing-in",
            "hours a day on a new insole, by the growth of tissue load",
            followup.WEARING_EPILOG,
        )
    )

    materials = _command(commands, "materials", "the insole materials and tissues")
    actions = materials.add_subparsers(dest="action", metavar="ACTION", required=True)
    _list_arguments(_command(actions, "list", "materials in a table", LIST_EPILOG))
    _show_arguments(_command(actions, "show", "one material: values, sources, response, picture"))
    _fit_arguments(_command(actions, "fit", "a law from test data", FIT_EPILOG))
    shore = _command(actions, "shore", "Young's modulus from Shore A hardness, approximately")
    shore.add_argument("hardness", metavar="HARDNESS", help="Shore A, 10 to 90")
    first_steps_arguments.schema(
        _command(
            commands,
            "schema",
            "JSON schema of a scenario, for editors",
            first_steps_arguments.SCHEMA_EPILOG,
        )
    )
    first_steps_arguments.completion(
        _command(
            commands,
            "completion",
            "completion of this command line in a shell",
            first_steps_arguments.COMPLETION_EPILOG,
        )
    )
    return parser


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", metavar="WORD", help="kind or family, such as tissue or foam")
    parser.add_argument("--family", metavar="WORD", help="family, such as gel, shell, elastomer")
    for flag, quantity in (
        ("--shore-a", "Shore A hardness"),
        ("--density-kg-m3", "density"),
        ("--modulus-mpa", "Young's modulus at small strain"),
    ):
        parser.add_argument(flag, metavar="A:B", help=f"{quantity} from A to B, open without one")
    _file_argument(parser, "materials of this file too")


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("material", metavar="NAME", help="name of a material, or FILE.toml:NAME")
    parser.add_argument(
        "-o", "--output", metavar="FILE.png", help="where the picture goes (default: NAME.png)"
    )
    _file_argument(parser, "look for the material in this file first")


def _fit_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tests", metavar="DATA.csv", nargs="+", help="test files, one fit of all")
    parser.add_argument("--model", metavar="MODEL", required=True, help="law to fit, see below")
    series = parser.add_mutually_exclusive_group()
    series.add_argument("--prony", metavar="N", help="terms of a Prony series")
    series.add_argument("--prony-times", metavar="T1,T2,...", help="its relaxation times in s")
    parser.add_argument(
        "--poisson-ratio",
        metavar="NU",
        help="a number, or fit (default: 0.475 nearly incompressible, 0 foams)",
    )
    parser.add_argument("--name", metavar="NAME", help="name of the material")
    parser.add_argument("--kind", metavar="WORD", help="kind of the record (default: insole)")
    parser.add_argument("--family", metavar="WORD", help="family of the record, such as foam")
    parser.add_argument("--density-kg-m3", metavar="RHO", help="density of the record")
    parser.add_argument("-o", "--output", metavar="FILE.toml", help="write the record")
    parser.add_argument("--plot", metavar="FILE.png", help="draw tests, fit and its interval")


def _file_argument(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--file", dest="material_file", metavar="FILE.toml", help=text)


def _command(commands: Any, name: str, text: str, epilog: str = "") -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return made


def _study_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", metavar="SCENARIO", help="TOML file, or name such as walking")
    parser.add_argument(
        "-o", "--output", metavar="DIR", help="result folder (default: results/SCENARIO)"
    )
    parser.add_argument(
        "--set",
        dest="settings",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="set a key of the scenario, such as insole.thickness_mm=8; may be repeated",
    )
    parser.add_argument("--resolution", choices=RESOLUTIONS, help="how fine the meshes are")
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument("--resume", action="store_true", help="go on with an unfinished result")
    existing.add_argument("--overwrite", action="store_true", help="replace an existing result")
    parser.add_argument(
        "-n", "--ranks", metavar="N", type=int, help="start N ranks (default: 1, or mpirun's)"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress display")


class _Version(argparse.Action):
    """Print the version, which is looked up only when it is asked for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(nargs=0, default=argparse.SUPPRESS, **options)

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Print and leave."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("solespine")
        except PackageNotFoundError:
            found = "(not installed)"
        print(f"solespine {found}")
        parser.exit()
