# SPDX-License-Identifier: MIT
"""A rigid bone in tissue is the limit of a stiff one; its loads do the work that tissue stores."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from tests.helpers.bone_in_tissue import FORCES_N, POINTS_MM, elastic_bone, rigid_bone
from tests.helpers.evidence import Evidence

CONTRASTS = (1e3, 1e4, 1e5, 1e6)
STEPS = 4


def test_a_very_stiff_bone_is_a_rigid_one(evidence: Evidence) -> None:
    """Differences fall as one over the ratio of moduli, at a large turn of the bone."""
    rigid = rigid_bone()
    for step in range(1, STEPS + 1):
        rigid.load(step / STEPS)
    r = rigid.equilibrium.reduction
    expected = rigid.equilibrium.u.x.array.reshape(-1, 3)[: r.local]
    turn = np.linalg.norm(Rotation.from_matrix(rigid.equilibrium.poses.rotation[1]).as_rotvec())
    case = "Rigid bone against a stiff elastic one"
    evidence.within("reduction", case, "turn of the bone", np.degrees(turn), low=20.0, unit="deg")
    differences = []
    for contrast in CONTRASTS:
        elastic = elastic_bone(contrast, rigid)
        near = cKDTree(elastic.nodes).query(r.coordinates)[1]
        found = elastic.u.x.array.reshape(-1, 3)[near]
        differences.append(float(np.abs(found - expected).max() / np.abs(expected).max()))
    evidence.within(
        "reduction", case, "difference of displacements at a ratio of 1e6, largest / largest",
        differences[-1], high=1e-5,
    )  # fmt: skip
    orders = -np.diff(np.log10(differences))
    evidence.within(
        "reduction", case, "order of the difference in the ratio, least", orders.min(), low=0.9
    )
    evidence.within(
        "reduction", case, "order of the difference in the ratio, greatest", orders.max(), high=1.1
    )
    evidence.curve(
        "reduction", case, "modulus of bone / tissue", "difference of displacement / largest",
        {"rigid - elastic": (CONTRASTS, differences)}, logarithmic=True, order=-1.0,
    )  # fmt: skip


def test_loads_on_the_bone_do_the_work_that_the_tissue_stores(evidence: Evidence) -> None:
    """Dead forces: the work is integrated over eight steps by Simpson's rule."""
    rigid = rigid_bone()
    shares = np.linspace(0.0, 1.0, 9)
    way = [0.0]
    for share in shares[1:]:
        rigid.load(share)
        way.append(float((FORCES_N * (rigid.points_mm() - POINTS_MM)).sum()))
    weights = np.array([1, 4, 2, 4, 2, 4, 2, 4, 1]) / 24.0
    # Work = F . d - integral of d over the load, so that evenly spaced loads will do.
    work = way[-1] - float(weights @ way)
    stored = rigid.energy_nmm()
    case = "Work of loads on a rigid bone"
    evidence.within("reduction", case, "stored energy", stored, low=1.0, unit="N mm")
    evidence.within("reduction", case, "work / stored energy", work / stored, low=0.999, high=1.001)
    rigid.turn(Rotation.from_rotvec([0.7, -1.9, 1.1]).as_matrix())
    change = abs(rigid.energy_nmm() / stored - 1.0)
    evidence.within(
        "reduction", "Turn of bone and tissue together by 2.3 rad", "change of energy / energy",
        change, high=1e-10,
    )  # fmt: skip
