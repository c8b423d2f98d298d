# SPDX-License-Identifier: MIT
"""The command ``materials``: search the material library, show one material."""

from __future__ import annotations

from pathlib import Path

from scenarios.cli.parser import Arguments
from scenarios.errors import NotWritten, ScenarioError
from scenarios.source import user_path


def materials(arguments: Arguments) -> int:
    """List materials that are like what is asked for, or show one."""
    return _list(arguments) if arguments.action == "list" else _show(arguments)


def _list(arguments: Arguments) -> int:
    from scenarios import material_search as search

    what = search.wanted(
        arguments.kind,
        arguments.family,
        arguments.shore_a,
        arguments.density_kg_m3,
        arguments.modulus_mpa,
    )
    file = None if arguments.material_file is None else user_path(arguments.material_file)
    for line in search.table_lines(search.found(what, file)):
        print(line)
    return 0


def _show(arguments: Arguments) -> int:
    from materials.build import NoLaw
    from scenarios.catalogue import find_record
    from scenarios.material_sheet import material_text

    record = find_record(arguments.material, arguments.material_file)
    path = _picture_path(arguments.output, record.name)
    for line in material_text(record):
        print(line)
    from scenarios.figures.material import save_material_figure

    try:
        print(f"picture: {save_material_figure(record, path)}")
    except NoLaw:
        if arguments.output is not None:
            raise ScenarioError(
                "materials show", "-o", f"{record.name} is no solid: there is nothing to draw"
            ) from None
    except OSError as error:
        raise NotWritten(str(path), error.strerror or type(error).__name__) from None
    return 0


def _picture_path(given: str | None, name: str) -> Path:
    """Where the picture goes.

    Raises:
        ScenarioError: a file that is no PNG, or a folder that is not there.
    """
    path = Path(f"{name}.png") if given is None else user_path(given)
    if path.suffix.lower() != ".png":
        raise ScenarioError("materials show", "-o", f"got {given!r}", allowed="a file FILE.png")
    if not path.parent.is_dir():
        raise ScenarioError("materials show", "-o", f"no such folder: {path.parent}")
    if path.is_dir():
        raise ScenarioError(
            "materials show", "-o", f"{path} is a folder", allowed="a file FILE.png"
        )
    return path
