# SPDX-License-Identifier: MIT
"""The commands ``materials fit`` and ``materials shore``: laws from the user's own tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.cli.parser import Arguments
from scenarios.errors import NotWritten, ScenarioError, listed, nearest
from scenarios.source import user_path

if TYPE_CHECKING:
    from materials.fitting.fit import Fit
    from materials.fitting.models import Model
    from materials.fitting.read import MechanicalTest

COMMAND = "materials fit"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def fit(arguments: Arguments) -> int:
    """Fit a law to test files; print it, and write record and picture where they are asked for."""
    from materials.fitting.columns import TestFileError
    from materials.fitting.fit import FitError, fit_tests
    from materials.fitting.models import UnknownModel
    from materials.fitting.read import read_test
    from materials.fitting.verdicts import require_solid

    kind, family, density = _description(arguments)
    outputs = {
        "-o": _output(arguments.output, "-o", ".toml"),
        "--plot": _output(arguments.plot, "--plot", ".png"),
    }
    name = _name(arguments)
    try:
        tests = [read_test(user_path(file)) for file in arguments.tests]
        model = _model(arguments, tests)
        found = fit_tests(model, tests)
        require_solid(found)
    except (TestFileError, FitError, UnknownModel) as error:
        raise ScenarioError(COMMAND, "", str(error)) from None
    for line in _lines(found):
        print(line)
    if outputs["-o"] is not None:
        _write_record(found, outputs["-o"], name, kind, family, density)
    if outputs["--plot"] is not None:
        _draw(found, outputs["--plot"], name)
    return 0


def shore(arguments: Arguments) -> int:
    """Print the Young's modulus that goes with a Shore A hardness."""
    from materials.hardness import SHORE_A_RANGE, young_modulus_of_shore_a

    try:
        hardness = float(arguments.hardness)
        modulus = young_modulus_of_shore_a(hardness)
    except ValueError:
        low, high = SHORE_A_RANGE
        raise ScenarioError(
            "materials shore",
            "HARDNESS",
            f"got {arguments.hardness!r}",
            allowed=f"Shore A from {low:g} to {high:g}",
        ) from None
    print(f"Shore A {hardness:g}: Young's modulus about {modulus:.3g} MPa at small strain")
    print(
        "Gent 1958, for rubber (nearly incompressible), good to about a quarter; of a foam an idea "
        "of its first stiffness only. A test is better: solespine materials fit"
    )
    return 0


def _model(arguments: Arguments, tests: list[MechanicalTest]) -> Model:
    """The model that is asked for, with its relaxation times.

    Raises:
        ScenarioError: a number of it is not allowed.
        TestFileError: there is no test over time for a Prony series.
        UnknownModel: there is no model of the name.
    """
    from materials.fitting.models import UnknownModel, model_of
    from materials.fitting.times import chosen_times

    times: tuple[float, ...] = ()
    if arguments.prony_times is not None:
        try:
            times = tuple(float(part) for part in arguments.prony_times.split(","))
        except ValueError:
            raise ScenarioError(
                COMMAND,
                "--prony-times",
                f"got {arguments.prony_times!r}",
                allowed="seconds such as 0.01,0.1,1",
            ) from None
    elif arguments.prony is not None:
        if arguments.prony not in map(str, range(1, 9)):
            raise ScenarioError(
                COMMAND, "--prony", f"got {arguments.prony}", allowed="1 to 8 terms"
            )
        times = chosen_times(tests, int(arguments.prony))
    try:
        return model_of(arguments.model, arguments.poisson_ratio, times)
    except UnknownModel:
        raise
    except ValueError as error:
        flag = "--prony-times" if "times" in str(error) else "--poisson-ratio"
        raise ScenarioError(COMMAND, flag, str(error)) from None


def _description(arguments: Arguments) -> tuple[str, str, float | None]:
    """Kind, family and density of the record.

    Raises:
        ScenarioError: one is not allowed.
    """
    from materials.quantities import FAMILIES, KINDS

    kind = "insole" if arguments.kind is None else arguments.kind
    family = "" if arguments.family is None else arguments.family
    for flag, given, words in (("--kind", kind, KINDS), ("--family", family, FAMILIES)):
        if given and given not in words:
            raise ScenarioError(
                COMMAND,
                flag,
                f"no {given!r}",
                allowed=listed(words),
                suggestion=nearest(given, words, cutoff=0.5),
            )
    if arguments.density_kg_m3 is None:
        return kind, family, None
    try:
        density = float(arguments.density_kg_m3)
    except ValueError:
        density = -1.0
    if not 1.0 <= density <= 25000.0:
        raise ScenarioError(
            COMMAND,
            "--density-kg-m3",
            f"got {arguments.density_kg_m3!r}",
            allowed="1 to 25000",
        )
    return kind, family, density


def _output(given: str | None, flag: str, suffix: str) -> Path | None:
    """A file that is to be written.

    Raises:
        ScenarioError: another kind of file, or a folder that is not there.
    """
    if given is None:
        return None
    path = user_path(given)
    if path.suffix.lower() != suffix or path.is_dir():
        raise ScenarioError(COMMAND, flag, f"got {given!r}", allowed=f"a file FILE{suffix}")
    if not path.parent.is_dir():
        raise ScenarioError(COMMAND, flag, f"no such folder: {path.parent}")
    return path


def _name(arguments: Arguments) -> str:
    """Name of the material: as given, else that of the file of the record or of the first test.

    Raises:
        ScenarioError: it is no name, or a record would have one of the library.
    """
    from materials.library import names

    if arguments.name is None:
        stem = Path(arguments.output or arguments.tests[0]).stem
        made = re.sub(r"[^A-Za-z0-9_-]+", "_", stem)
        name = made if _NAME.fullmatch(made) and made != "sources" else f"material_{made}"
    elif not _NAME.fullmatch(arguments.name) or arguments.name == "sources":
        raise ScenarioError(
            COMMAND,
            "--name",
            f"got {arguments.name!r}",
            allowed="letters, digits, _ and -, a letter first",
        )
    else:
        name = arguments.name
    if arguments.output is not None and name in names():
        raise ScenarioError(COMMAND, "--name", f"{name!r} is a name of the library; take another")
    return name


def _lines(found: Fit) -> Iterator[str]:
    """The fit as text: numbers, tests, stability, warnings."""
    from materials.fitting.record import parameters_of
    from materials.fitting.verdicts import loss_lines, stability_lines, warnings_of
    from scenarios.text_table import aligned_lines

    model = found.model
    rows = [("", "value", "95 % interval", "unit")]
    for item in parameters_of(found):
        unit = "" if item.unit == "1" else item.unit
        span = f"{item.low:.4g} to {item.high:.4g}" if item.fitted else "given"
        rows.append((item.name, f"{item.value:.4g}", span, unit))
    yield f"{model.name}, fitted to {len(found.tests)} test{'s' * (len(found.tests) > 1)}:"
    yield from aligned_lines(rows, left={0, 3})
    if model.relaxation_times_s:
        yield f"relaxation times, s: {', '.join(f'{t:g}' for t in model.relaxation_times_s)}"
    yield ""
    tests = [("test", "kind", "samples", "R2", "RMS kPa", "% of largest")]
    for one in found.tests:
        share = 100.0 * one.rms_mpa / float(abs(one.test.stress_mpa).max())
        tests.append(
            (
                one.test.name,
                one.test.kind,
                str(len(one.test.strain)),
                f"{one.r2:.4f}",
                f"{1e3 * one.rms_mpa:.3g}",
                f"{share:.1f}",
            )
        )
    yield from aligned_lines(tests, left={0, 1})
    yield ""
    yield from loss_lines(found)
    yield from stability_lines(found)
    yield "intervals take samples for independent and the model for true"
    for warning in warnings_of(found):
        yield f"warning: {warning}"


def _write_record(
    found: Fit, path: Path, name: str, kind: str, family: str, density: float | None
) -> None:
    """Write the record, after reading it back as a material file."""
    import tomllib

    from materials.build import law_of
    from materials.fitting.record import document_of
    from materials.fitting.verdicts import warnings_of
    from materials.record import parse_records
    from scenarios.toml_text import toml_text

    document = document_of(
        found,
        name,
        kind=kind,
        family=family,
        density_kg_m3=density,
        notes=[text if text.endswith("?") else f"{text}." for text in warnings_of(found)],
    )
    text = toml_text(document)
    (record,) = parse_records(tomllib.loads(text), str(path))
    law_of(record)
    assumed = record.quantities["density"]
    if assumed.confidence == "assumed":
        print(f"warning: no density is told: {assumed.value:g} kg/m3 is written (--density-kg-m3)")
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise NotWritten(str(path), error.strerror or type(error).__name__) from None
    print(f"record: {path} (solespine materials show {path}:{name})")


def _draw(found: Fit, path: Path, name: str) -> None:
    from scenarios.figures.fit import save_fit_figure

    try:
        print(f"picture: {save_fit_figure(found, name, path)}")
    except OSError as error:
        raise NotWritten(str(path), error.strerror or type(error).__name__) from None
