# SPDX-License-Identifier: MIT
"""How far tissue and insole are strained, beside the range in which their laws are trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from materials.quantities import STRAIN_LIMITS
from materials.record import MaterialRecord
from materials.validity import StrainReached, limit, strain_warning
from meshes.tags import Region
from scenarios.catalogue import poisson_warnings
from scenarios.schema_insole import Insole

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RegionStrain:
    """Largest nominal strains at the cell centres of a region.

    Attributes:
        compression: 1 - least principal stretch, not negative.
        tension: Largest principal stretch - 1, not negative.
        beyond: Share of cells in which either leaves the range of the material's law.
    """

    compression: float
    tension: float
    beyond: float

    def most(self, other: RegionStrain) -> RegionStrain:
        """Return the larger of each number."""
        return RegionStrain(
            max(self.compression, other.compression),
            max(self.tension, other.tension),
            max(self.beyond, other.beyond),
        )


Strains = dict[int, RegionStrain]
"""Strain by cell tag."""


def region_strain(comm: MPI.Intracomm, gradient: Array, record: MaterialRecord) -> RegionStrain:
    """Strain of one region; collective.

    Args:
        comm: Ranks that share the region.
        gradient: Deformation gradients (n, 3, 3) of the cells of this rank; n may be 0.
        record: Of the region's material.
    """
    right = np.einsum("nji,njk->nik", gradient, gradient)
    stretch = np.sqrt(np.maximum(np.linalg.eigvalsh(right), 0.0)).reshape(-1, 3)
    compression, tension = 1.0 - stretch[:, 0], stretch[:, 2] - 1.0
    out = np.zeros(len(stretch), dtype=bool)
    for key, strain in zip(STRAIN_LIMITS, (compression, tension), strict=False):
        allowed = limit(record, key)
        if allowed is not None:
            out |= strain > allowed
    largest = np.array([compression.max(initial=0.0), tension.max(initial=0.0)])
    comm.Allreduce(MPI.IN_PLACE, largest, op=MPI.MAX)
    counts = np.array([out.sum(), len(out)], dtype=np.int64)
    comm.Allreduce(MPI.IN_PLACE, counts)
    return RegionStrain(float(largest[0]), float(largest[1]), float(counts[0] / max(counts[1], 1)))


def keep_most(kept: Strains, found: Strains) -> None:
    """Put the larger of what is kept and what is found into what is kept."""
    for tag, strain in found.items():
        kept[tag] = strain.most(kept.get(tag, strain))


def material_warnings(
    table: Insole, materials: Mapping[int, MaterialRecord], strains: Strains
) -> tuple[str, ...]:
    """Where a run uses a material beyond what its law, or the elements, can be trusted with.

    Args:
        table: The insole.
        materials: Record of the material of each cell tag.
        strains: Largest of the run.
    """
    solids = poisson_warnings(table, table.materials)
    return (*solids, *strain_warnings(strains, materials))


def strain_warnings(
    strains: Mapping[int, RegionStrain], materials: Mapping[int, MaterialRecord]
) -> tuple[str, ...]:
    """What to say of regions in which a law left its range, in the order of the tags.

    Args:
        strains: Largest of a run, by cell tag.
        materials: Record of the material of each cell tag.
    """
    said = []
    for tag in sorted(strains):
        found = strains[tag]
        reached = StrainReached(found.compression, found.tension)
        name = Region(tag).name.lower().replace("_", " ")
        text = strain_warning(materials[tag], reached, name)
        if text:
            said.append(f"{text}; {100 * found.beyond:.2g} % of its elements are beyond")
    return tuple(said)
