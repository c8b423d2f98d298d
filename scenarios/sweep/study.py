# SPDX-License-Identifier: MIT
"""The study: a base scenario, factors, a design, outputs, and how cases are run.

A study is a TOML file. Its keys are described here in one place; what a factor may be is checked
against the scenario's own keys in `scenarios.sweep.factors`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from scenarios.schema_base import Table, wrong
from scenarios.sweep.candidates import Compare

DesignKind = Literal["grid", "latin_hypercube", "sobol", "morris", "saltelli", "taguchi", "list"]
ArrayName = Literal["L4", "L8", "L9", "L12", "L16", "L18", "L27"]
Distribution = Literal["uniform", "normal", "lognormal", "triangular"]


class Factor(Table):
    """One key of the scenario that a study changes."""

    key: str = Field(min_length=1, description="Key of the scenario, such as insole.thickness_mm")
    values: tuple[Any, ...] = Field(
        (),
        strict=False,
        description="The values it takes, of any kind",
        json_schema_extra={"allowed_text": "a list"},
    )
    range: tuple[float, float] | None = Field(
        None,
        strict=False,
        description="Lowest and highest value of a number",
        json_schema_extra={"allowed_text": "[low, high]"},
    )
    distribution: Distribution = Field(
        "uniform", description="How a number is spread; normal and lognormal are cut at the range"
    )
    mean: float | None = Field(None, description="Mean of a normal or lognormal factor")
    sd: float | None = Field(None, gt=0.0, description="Its standard deviation")
    mode: float | None = Field(None, description="Peak of a triangular factor")
    levels: int | None = Field(
        None, ge=2, le=1000, description="Values that a grid or an array takes from the range"
    )

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if self.values and self.range is not None:
            raise wrong("values and range are both given", "one of the two")
        spread = self.distribution in ("normal", "lognormal")
        if not self.values and self.range is None and not spread:
            raise wrong("has neither values nor a range", "values = [...] or range = [low, high]")
        if self.range is not None and not self.range[0] < self.range[1]:
            low, high = self.range
            raise wrong(f"range is [{low:g}, {high:g}]", "the lower number first")
        if spread and (self.mean is None or self.sd is None):
            raise wrong(
                f"a {self.distribution} factor needs mean and sd", "both, in the key's unit"
            )
        if self.distribution == "lognormal" and self.mean is not None and self.mean <= 0.0:
            raise wrong(f"mean of a lognormal factor is {self.mean:g}", "a positive number")
        if self.distribution == "triangular" and (
            self.range is None
            or self.mode is None
            or not self.range[0] <= self.mode <= self.range[1]
        ):
            raise wrong("a triangular factor needs range and mode", "a mode inside the range")
        if self.values and (self.distribution != "uniform" or self.levels is not None):
            raise wrong("values have no distribution and no levels", "a range in their place")
        return self


class Design(Table):
    """Which combinations of the factors are computed."""

    kind: DesignKind = Field("grid", description="How cases are chosen")
    samples: int | None = Field(
        None,
        ge=1,
        description="Cases of latin_hypercube and sobol; trajectories of morris; base samples of "
        "saltelli",
    )
    array: ArrayName | None = Field(None, description="Orthogonal array of taguchi")
    cases: tuple[dict[str, Any], ...] = Field(
        (),
        strict=False,
        description="Cases of list, each a table of keys and values",
        json_schema_extra={"allowed_text": "a list of tables"},
    )
    seed: int = Field(1, ge=0, le=2**31, description="Of the random numbers; the same, same cases")
    limit: int = Field(10_000, ge=1, le=10_000_000, description="Most cases that a study may have")

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        needs = self.kind in ("latin_hypercube", "sobol", "morris", "saltelli")
        if needs and self.samples is None:
            raise wrong(f"{self.kind} needs samples", "a number of cases")
        if self.samples is not None and not needs:
            raise wrong(f"{self.kind} takes no samples", "leave it out")
        if (self.array is not None) != (self.kind == "taguchi"):
            raise wrong("array goes with kind = 'taguchi'", "both, or neither")
        if bool(self.cases) != (self.kind == "list"):
            raise wrong("cases go with kind = 'list'", "both, or neither")
        power = self.samples or 1
        if self.kind in ("sobol", "saltelli") and power & (power - 1):
            near = 2 ** (power.bit_length() - 1)
            raise wrong(
                f"{self.kind} with {power} samples is out of balance", f"{near} or {2 * near}"
            )
        return self


class RunOptions(Table):
    """How cases are run on this machine."""

    ranks: int = Field(1, ge=1, le=4096, description="MPI ranks of one case")
    workers: int | None = Field(
        None,
        ge=1,
        le=1024,
        description="Cases at a time",
        json_schema_extra={"default_text": "cores over ranks"},
    )
    keep: Literal["all", "tables", "summary"] = Field(
        "tables",
        description="What a finished case keeps: everything, all but fields, or its summary alone",
    )
    reuse: bool = Field(
        True, description="Go from case to case with what does not change (standing and stance)"
    )


class SlurmOptions(Table):
    """How a job array is submitted with ``--on slurm``."""

    partition: str | None = Field(
        None,
        pattern=r"^[^\s,]+$",
        description="Partition",
        json_schema_extra={"default_text": "the cluster's"},
    )
    time: str | None = Field(
        None,
        pattern=r"^(\d+-)?\d+(:\d\d){0,2}$",
        description="Time limit of a job, such as 12:00:00 or 2-00:00:00",
        json_schema_extra={"default_text": "the partition's"},
    )
    ranks: int | None = Field(
        None,
        ge=1,
        le=4096,
        description="MPI ranks of one case (ntasks)",
        json_schema_extra={"default_text": "run.ranks"},
    )
    workers: int = Field(
        8, ge=1, le=10_000, description="Jobs of the array, each of which takes its share of cases"
    )
    memory_mb: int | None = Field(
        None,
        ge=1,
        description="Memory of a rank (mem-per-cpu)",
        json_schema_extra={"default_text": "the partition's"},
    )
    options: tuple[Annotated[str, Field(pattern=r"^-[^\n]*$")], ...] = Field(
        (),
        strict=False,
        description="More options of sbatch, such as --account=NAME",
        json_schema_extra={"allowed_text": "a list of text"},
    )
    setup: tuple[Annotated[str, Field(pattern=r"^[^\n]*$")], ...] = Field(
        (),
        strict=False,
        description="Lines of shell before the worker, such as module load NAME",
        json_schema_extra={"allowed_text": "a list of text"},
    )
    launcher: str | None = Field(
        None,
        pattern=r"^[^\n]*$",
        description="What the worker's command is given to, such as /home/me/solespine/env/run",
        json_schema_extra={"default_text": "env/run where the command was started by it"},
    )
    mpirun: str = Field(
        "mpirun -n {ranks}",
        pattern=r"^[^\n]*$",
        description="How several ranks are started, such as srun",
    )


class Study(Table):
    """Many cases of one scenario."""

    name: str = Field(
        "study",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,99}$",
        description="Name of the study and of its default folder",
        json_schema_extra={"default_text": "the file's name"},
    )
    scenario: str = Field(min_length=1, description="Base: a TOML file or a name of the library")
    settings: dict[str, Any] = Field(
        default_factory=dict,
        description="Keys of the scenario that all cases have, dotted",
        json_schema_extra={"allowed_text": "a table of keys of the scenario"},
    )
    factors: tuple[Factor, ...] = Field(
        (), strict=False, description="What changes between the cases"
    )
    design: Design = Field(default_factory=Design)
    compare: Compare | None = None
    outputs: tuple[str, ...] = Field(
        (),
        strict=False,
        description="Keys of summary.json that the table has; without any, all that are numbers",
        json_schema_extra={"allowed_text": "a list of keys of summary.json"},
    )
    run: RunOptions = Field(default_factory=RunOptions)
    slurm: SlurmOptions = Field(default_factory=SlurmOptions)

    @model_validator(mode="after")
    def _has_cases(self) -> Self:
        if not self.factors and self.design.kind != "list":
            raise wrong("has no factors", "one [[factors]] or more, or design.kind = 'list'")
        if self.factors and self.design.kind == "list":
            raise wrong("a list of cases has no factors", "factors, or design.cases")
        keys = [factor.key for factor in self.factors]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise wrong(f"{twice} is a factor twice", "each key once")
        return self
