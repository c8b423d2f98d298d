# SPDX-License-Identifier: MIT
"""The vertebra whose inner stress a run computes: building, summary, history, field files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from meshes.spine import SpineGeometry
from meshes.vertebra_solid import build_vertebra
from scenarios.summary import MinMax, VertebraSummary
from scenarios.upper.sections import peak
from simulator.results import Body, VertebraInstant
from simulator.spine.vertebra import Vertebra
from simulator.spine.vertebra_records import VertebraFields, VertebraResult

Array = NDArray[np.float64]

NO_VERTEBRA = "none"
"""Value of `lumbar.vertebra` that leaves the stress analysis out."""


def make_vertebra(comm: MPI.Intracomm, spine: SpineGeometry, name: str) -> Vertebra | None:
    """Build the chosen vertebra, None for ``"none"``; collective.

    Args:
        comm: of the analysis.
        spine: the subject's.
        name: value of `lumbar.vertebra`.

    Raises:
        MeshError: on every rank, for bone that does not fit.
    """
    if name == NO_VERTEBRA:
        return None
    return Vertebra(comm, build_vertebra(spine, name), spine)


def vertebra_instant(result: VertebraResult | None) -> VertebraInstant | None:
    """The part of a result that is written at every instant."""
    if result is None:
        return None
    return VertebraInstant(
        vertebra=result.name,
        axial_force_n=result.axial_force_n,
        force_balance_relative=result.force_balance_relative,
        **asdict(result.measures),
    )


def vertebra_section(
    instants: Sequence[VertebraInstant], percent: Sequence[float], body_weight_n: float
) -> VertebraSummary | None:
    """Peak and mean of every measure; None without a vertebra.

    Args:
        instants: of a run.
        percent: when, rising.
        body_weight_n: of the subject.
    """
    if not instants:
        return None
    stresses = {
        name: peak([getattr(i, name) for i in instants], percent)
        for name in (
            "cortical_von_mises_mpa",
            "cortical_von_mises_max_mpa",
            "endplate_von_mises_mpa",
            "cancellous_min_principal_mpa",
            "cancellous_mean_principal_mpa",
            "cancellous_min_principal_strain",
            "cancellous_mean_principal_strain",
        )
    }
    shares = [i.shell_share_percent for i in instants]
    return VertebraSummary(
        name=instants[0].vertebra,
        axial_force_n=peak([i.axial_force_n for i in instants], percent, body_weight_n),
        shell_share_percent=MinMax(min=min(shares), max=max(shares)),
        force_balance_relative=max(i.force_balance_relative for i in instants),
        **stresses,
    )


def vertebra_body(
    name: str, fields: VertebraFields, place: tuple[Array, Array], standing: tuple[Array, Array]
) -> Body:
    """Body ``vertebra_l4`` of the field files; elastic displacements (micrometres) are not shown.

    Args:
        name: such as ``"L4"``.
        fields: in the vertebra's frame.
        place: origin (3,) and axes (3, 3) of that frame now.
        standing: the same in standing, without load.
    """
    points, before = (origin + fields.points_mm @ axes.T for origin, axes in (place, standing))
    return Body(
        name="vertebra_" + name.lower(),
        points_mm=points,
        cells=fields.cells,
        cell_type="hexahedron",
        point_data={"displacement_mm": points - before},
        cell_data={
            "cauchy_von_mises_mpa": fields.von_mises_mpa,
            "min_principal_mpa": fields.min_principal_mpa,
            "min_principal_strain": fields.min_principal_strain,
            "region": fields.region,
        },
    )
