# SPDX-License-Identifier: MIT
"""Numbers that mark cells (`Region`) and boundary facets (`Surface`) of every mesh."""

from enum import IntEnum


class Region(IntEnum):
    """Cell tags: which deformable body, and which zone of it, a cell belongs to."""

    HEEL_PAD = 1
    MIDFOOT_TISSUE = 2
    FOREFOOT_PAD = 3
    TOE_TISSUE = 4
    INSOLE = 10
    INSOLE_COVER = 11
    INSOLE_SHELL = 12
    INSOLE_HEEL = 13
    INSOLE_MIDFOOT = 14
    INSOLE_FOREFOOT = 15
    INSOLE_TOES = 16
    INSOLE_ARCH = 17
    INSOLE_PLUG = 18
    ANNULUS = 20
    ANNULUS_RING_1 = 21
    ANNULUS_RING_2 = 22
    ANNULUS_RING_3 = 23
    NUCLEUS = 30
    CORTICAL_SHELL = 40
    CANCELLOUS = 41
    BONY_ENDPLATE = 42


class Surface(IntEnum):
    """Facet tags; facets attached to bone i of the foot carry ``BONE_FIRST + i``."""

    PLANTAR = 1
    INSOLE_TOP = 2
    INSOLE_BOTTOM = 3
    FOOT_FREE = 4
    INSOLE_SIDE = 5
    ENDPLATE_LOWER = 6
    ENDPLATE_UPPER = 7
    CAVITY = 8
    ANNULUS_OUTER = 9
    NUCLEUS_LOWER = 10
    NUCLEUS_UPPER = 11
    WALL = 12
    WALL_FRONT = 13
    WALL_BACK = 14
    PEDICLES = 15
    BONE_FIRST = 100


FOOT_REGIONS = (
    Region.HEEL_PAD,
    Region.MIDFOOT_TISSUE,
    Region.FOREFOOT_PAD,
    Region.TOE_TISSUE,
)
"""Cell tags of the plantar soft tissue, from the heel forward."""
