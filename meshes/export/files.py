# SPDX-License-Identifier: MIT
"""Files for printers and mills: binary STL of one body, 3MF of several, in mm.

3MF is a zip of XML (3MF core specification 1.3). The writer here is the small part of it that parts
of one object need. The libraries cost more than they save: trimesh writes no materials and needs
networkx, lib3mf is 7 MB of compiled code that is not built for every machine. Tests read with it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import meshio
import numpy as np

from meshes.export.bodies import DIGITS, ClosedSurface

_CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MODEL = "3D/3dmodel.model"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" '
    'ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>\n'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Target="/{_MODEL}" Id="model" '
    'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>\n'
)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Time of the members of the zip, so that one shape gives one file."""


@dataclass(frozen=True, slots=True)
class FileBody:
    """One body of a file.

    Attributes:
        name: shown by slicers.
        material: its name, shown by slicers too.
        colour: "#RRGGBB".
        surface: closed, in the file's frame.
    """

    name: str
    material: str
    colour: str
    surface: ClosedSurface


def write_stl(path: Path, surface: ClosedSurface) -> None:
    """Write a binary STL; the format has no unit, mm are customary.

    Raises:
        OSError: the file cannot be written.
    """
    cells = [("triangle", surface.triangles)]
    meshio.write_points_cells(path, surface.points, cells, file_format="stl", binary=True)


def write_3mf(path: Path, title: str, description: str, bodies: Sequence[FileBody]) -> None:
    """Write a 3MF in which the bodies are parts of one object, placed in the positive octant.

    Args:
        path: of the file.
        title: name of the whole.
        description: for whoever opens the file.
        bodies: at least one, in one frame, mm.

    Raises:
        OSError: the file cannot be written.
    """
    text = "\n".join(_model(title, description, bodies)) + "\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS),
            (_MODEL, text),
        ):
            member = zipfile.ZipInfo(name, _LONG_AGO)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)


def _model(title: str, description: str, bodies: Sequence[FileBody]) -> Iterator[str]:
    materials = list(dict.fromkeys((body.material, body.colour) for body in bodies))
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<model unit="millimeter" xml:lang="en-US" xmlns="{_CORE}">'
    for key, value in (
        ("Title", title),
        ("Description", description),
        ("Application", "solespine"),
    ):
        yield f"<metadata name={quoteattr(key)}>{escape(value)}</metadata>"
    yield "<resources>"
    yield '<basematerials id="1">'
    for material, colour in materials:
        yield f'<base name={quoteattr(material)} displaycolor="{colour}"/>'
    yield "</basematerials>"
    for number, body in enumerate(bodies, start=2):
        index = materials.index((body.material, body.colour))
        yield f'<object id="{number}" type="model" name={quoteattr(body.name)}'
        yield f' pid="1" pindex="{index}"><mesh><vertices>'
        form = f'<vertex x="%.{DIGITS}f" y="%.{DIGITS}f" z="%.{DIGITS}f"/>'
        yield from (form % (x, y, z) for x, y, z in body.surface.points + 0.0)
        yield "</vertices><triangles>"
        form = '<triangle v1="%d" v2="%d" v3="%d"/>'
        yield from (form % (a, b, c) for a, b, c in body.surface.triangles)
        yield "</triangles></mesh></object>"
    whole = len(bodies) + 2
    yield f'<object id="{whole}" type="model" name={quoteattr(title)}><components>'
    yield from (f'<component objectid="{number}"/>' for number in range(2, whole))
    low = np.min([body.surface.points.min(axis=0) for body in bodies], axis=0)
    shift = " ".join(f"{value:.{DIGITS}f}" for value in np.maximum(-low, 0.0))
    yield "</components></object></resources>"
    yield f'<build><item objectid="{whole}" transform="1 0 0 0 1 0 0 0 1 {shift}"/></build>'
    yield "</model>"
