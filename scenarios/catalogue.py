# SPDX-License-Identifier: MIT
"""Materials as scenarios name them: those of the library, and those of a user's own file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from materials import build, library, validity
from materials.lattice import lattice_record
from materials.quantities import KINDS
from materials.record import MaterialFileError, MaterialRecord
from scenarios.errors import ScenarioError, listed, nearest
from scenarios.schema_insole import BAREFOOT, Insole
from scenarios.source import user_path

Records = dict[str, MaterialRecord]


def insole_materials(file: Path | None = None) -> tuple[str, ...]:
    """Names that ``insole.material`` accepts beside ``"none"``, in library order.

    Args:
        file: of the user, whose materials come last.

    Raises:
        ScenarioError: the file cannot be used; see `own_records`.
    """
    own = own_records(file) if file is not None else {}
    mine = (name for name, record in own.items() if record.kind == "insole")
    return (*library.names("insole"), *mine)


def insole_record(table: Insole, name: str) -> MaterialRecord:
    """The record of a material that an insole's table names.

    Raises:
        ScenarioError: its file cannot be used any more.
        UnknownMaterial: there is no such material.
        NoLattice: the infill is of a solid that no lattice is described of.
    """
    own = own_records(table.material_file) if table.material_file is not None else {}
    if table.infill is not None and name == table.infill.name:
        solid = table.infill.material
        return lattice_record(own.get(solid) or library.load(solid), table.infill.relative_density)
    return own.get(name) or library.load(name)


def own_records(file: Path) -> Records:
    """Records of a user's material file by name.

    Raises:
        ScenarioError: the file breaks the schema, a name is the library's, or a law cannot be
            built from its numbers.
    """
    try:
        found = library.read_file(file)
    except MaterialFileError as error:
        raise ScenarioError("", "", str(error)) from None
    for record in found:
        if record.name in library.names() or record.name == BAREFOOT:
            raise ScenarioError(str(file), record.name, "is a name of the library; take another")
        if record.kind != "insole":
            continue
        try:
            build.law_of(record)
        except ValueError as error:
            text = str(error).removeprefix(f"{record.file}: {record.name}: ")
            raise ScenarioError(str(file), record.name, text) from None
    return {record.name: record for record in found}


def find_record(name: str, file: str | None = None) -> MaterialRecord:
    """A material by its name, or by ``FILE.toml:NAME``.

    Args:
        name: as given.
        file: a user's file in which it is looked for first.

    Raises:
        ScenarioError: there is no such material or file.
    """
    before, colon, after = name.rpartition(":")
    if colon and before.endswith(".toml"):
        file, name = before, after
    own = own_records(user_path(file)) if file is not None else {}
    if name in own:
        return own[name]
    if colon or name not in library.names():
        kinds = ("insole", "tissue", *KINDS)
        ours = dict.fromkeys(name for kind in kinds for name in library.names(kind))
        known = tuple(own) if colon else (*own, *ours)
        raise ScenarioError(
            file or "materials",
            "",
            f"no material {name!r}",
            allowed=listed(known, most=12) + ("" if colon else "; materials list shows all"),
            suggestion=nearest(name, known, cutoff=0.4),
        )
    return library.load(name)


def poisson_warnings(table: Insole, names: Iterable[str]) -> tuple[str, ...]:
    """What to say of an insole's materials that are too nearly incompressible for the elements."""
    if table.is_barefoot:
        return ()
    said = (validity.poisson_warning(insole_record(table, name)) for name in names)
    return tuple(text for text in said if text)
