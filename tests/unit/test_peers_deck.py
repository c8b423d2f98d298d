# SPDX-License-Identifier: MIT
"""Decks for CalculiX: numbering, sets, constants of laws; where it is there, a small block."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.peers import calculix
from benchmarks.peers.cases import BASE, CASES, PLATE, SOLE, TOP
from benchmarks.peers.compare import differences, sole_nodes
from benchmarks.peers.deck import quadratic
from benchmarks.peers.laws import QuadraticVolume, calculix_card
from materials.evaluation import first_piola_mpa
from materials.ogden import HyperFoam, Ogden
from materials.solids import CompressibleNeoHookean, NeoHookean
from simulator.contact.facet import quadrature, shape_functions

MANUAL_FACES = np.array([(1, 2, 3), (1, 4, 2), (2, 4, 3), (3, 4, 1)]) - 1
"""Faces S1 to S4 in the manual of CalculiX."""

LAWS = [
    NeoHookean(0.05, 0.475),
    QuadraticVolume(NeoHookean(0.05, 0.475)),
    QuadraticVolume(Ogden((0.01645, 0.004), (6.82, -3.0))),
    HyperFoam((1.0039, 0.03168), (13.42, -1.38), 0.1),
    HyperFoam((1.0, 0.3, 0.02), (13.0, -1.4, 4.0), 0.0),
    CompressibleNeoHookean(0.3, 0.2),
]


def parsed(text: str) -> dict[str, list[list[str]]]:
    """Data lines under each keyword line of a deck."""
    found: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        if line.startswith("*"):
            rows = found.setdefault(line, [])
        else:
            rows.append([word.strip() for word in line.split(",")])
            assert all(len(word) <= 20 for word in rows[-1]), "CalculiX reads 20 characters"
    return found


def numbers(rows: list[list[str]]) -> np.ndarray:
    return np.array(rows, dtype=float)


@pytest.fixture(scope="module")
def deck() -> dict[str, list[list[str]]]:
    return parsed(CASES["pair"].deck("8 k").text())


def test_written_elements_are_whole_and_not_inside_out(deck) -> None:
    """Volumes by the quadratic map itself at the four points: mid-edge nodes where they belong."""
    nodes = numbers(deck["*NODE, NSET=ALL"])
    assert (nodes[:, 0] == 1 + np.arange(len(nodes))).all()
    cells = np.concatenate(
        [numbers(deck[f"*ELEMENT, TYPE=C3D10, ELSET=REGION{r}"]).astype(int) for r in (1, 2)]
    )
    at = nodes[:, 1:][cells[:, 1:] - 1]
    # Derivatives of the ten functions of a C3D10, as in the manual of Abaqus.
    volume = 0.0
    for point in np.full((4, 4), 0.138196601125011) + 0.447213595499957 * np.eye(4):
        slopes = np.zeros((10, 4))
        slopes[:4] = np.diag(4 * point - 1)
        for node, (i, j) in enumerate(((0, 1), (1, 2), (2, 0), (0, 3), (1, 3), (2, 3)), 4):
            slopes[node, [i, j]] = 4 * point[[j, i]]
        jacobian = np.einsum("ak,cai->cki", slopes[:, 1:] - slopes[:, :1], at)
        determinant = np.linalg.det(jacobian)
        assert determinant.min() > 0.0
        volume += determinant.sum() / 24.0
    x = z = (np.arange(2000) + 0.5) / 2000 * 40.0 - 20.0
    rise = 60.0 - np.sqrt(3600.0 - x[:, None] ** 2 - z[None, :] ** 2)
    assert volume == pytest.approx(48 * 48 * 10 + 1600 * (18 - rise.mean()), rel=0.01)


def test_sets_and_faces_lie_on_their_surfaces(deck) -> None:
    mesh = quadratic(CASES["pair"].body(2))
    for tag, height in ((BASE, -10.0), (PLATE, 18.0), (TOP, 0.0)):
        rows = deck[f"*NSET, NSET=NODES{tag}"]
        chosen = np.array([int(word) for row in rows for word in row]) - 1
        assert (np.sort(chosen) == mesh.on(tag)).all()
        across = mesh.nodes[chosen]
        assert (across[:, 1] == height).all()
        inside = np.isclose(mesh.nodes[:, 1], height)
        if tag != TOP:  # the pad touches it
            assert inside.sum() == len(chosen)
    for tag, towards in ((SOLE, -1.0), (TOP, 1.0)):
        rows = deck[f"*SURFACE, NAME=SIDE{tag}, TYPE=ELEMENT"]
        cell = np.array([int(row[0]) for row in rows]) - 1
        face = np.array([int(row[1][1:]) for row in rows]) - 1
        corner = mesh.nodes[np.take_along_axis(mesh.cells[cell], MANUAL_FACES[face], axis=1)]
        normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
        centre = mesh.nodes[mesh.cells[cell, :4]].mean(axis=1)
        outward = np.einsum("ni,ni->n", normal, corner.mean(axis=1) - centre)
        assert (np.sign(normal[:, 1] * outward) == towards).all()


def test_a_quadratic_field_is_met_on_facets() -> None:
    """Corners and mid-edge nodes in the order of the shape functions."""
    mesh = quadratic(CASES["pair"].body(2))
    nodes = mesh.nodes[sole_nodes(mesh)]
    field = (nodes**2).sum(axis=2) + nodes[..., 0] * nodes[..., 2]
    shapes = shape_functions(quadrature(6)[0])
    at = np.einsum("qa,fai->fqi", shapes, nodes)
    exact = (at**2).sum(axis=2) + at[..., 0] * at[..., 2]
    np.testing.assert_allclose(field @ shapes.T, exact, atol=1e-9)


def test_a_facet_of_no_cell_is_refused() -> None:
    body = CASES["neo-hooke"].body(2)
    body.facets[0] = [0, 1, len(body.points) - 1]
    with pytest.raises(ValueError, match="no face"):
        quadratic(body)


def manual_energy(card: list[str], F: np.ndarray) -> float:
    """Energy of a material card as the manual of CalculiX 2.23 writes it."""
    c = [float(word) for row in card[1:] for word in row.split(",")]
    C, J = F.T @ F, np.linalg.det(F)
    first = J ** (-2 / 3) * np.trace(C)
    stretch = np.sqrt(np.linalg.eigvalsh(C))
    terms = int(card[0].split("N=")[1]) if "N=" in card[0] else 0
    mu, alpha = np.array(c[0 : 2 * terms : 2]), np.array(c[1 : 2 * terms : 2])
    rest = np.array(c[2 * terms :])
    if "ARRUDA" in card[0]:
        mu, lock, d = c
        chain = (first - 3) / 2 + (first**2 - 9) / (20 * lock**2)
        return mu * chain + ((J * J - 1) / 2 - np.log(J)) / d
    if "NEO HOOKE" in card[0]:
        return c[0] * (first - 3) + (J - 1) ** 2 / c[1]
    if "OGDEN" in card[0]:
        powers = (J ** (-1 / 3) * stretch) ** alpha[:, None]
        volume = sum((J - 1) ** (2 * i) / d for i, d in enumerate(rest, 1))
        return float(2 * mu / alpha**2 @ (powers.sum(axis=1) - 3) + volume)
    beta = rest / (1 - 2 * rest)
    small = beta == 0.0
    volume = np.where(
        small, -alpha * np.log(J), (J ** (-alpha * beta) - 1) / np.where(small, 1, beta)
    )
    powers = (stretch ** alpha[:, None]).sum(axis=1)
    return float(2 * mu / alpha**2 @ (powers - 3 + volume))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: calculix_card(law)[0].split(", ", 1)[-1])
def test_stress_is_the_slope_of_the_energy_in_the_manual(law) -> None:
    card, rng, h = calculix_card(law), np.random.default_rng(3), 1e-5
    states = np.eye(3) + 0.2 * rng.uniform(-1, 1, (4, 3, 3))
    stress = first_piola_mpa(law, states)
    for F, piola in zip(states, stress, strict=True):
        slope = np.zeros((3, 3))
        for place in np.ndindex(3, 3):
            d = np.zeros((3, 3))
            d[place] = h
            slope[place] = (manual_energy(card, F + d) - manual_energy(card, F - d)) / (2 * h)
        np.testing.assert_allclose(piola, slope, atol=1e-6 * np.abs(slope).max())


def test_a_law_that_calculix_has_not_is_refused() -> None:
    with pytest.raises(TypeError, match="Ogden"):
        calculix_card(Ogden((0.01645,), (6.82,)))


@pytest.mark.skipif(
    not calculix.available(),
    reason="CalculiX (ccx) is not installed: SOLESPINE_SUITE=sid SOLESPINE_GROUPS=peers",
)
@pytest.mark.parametrize("name", ["neo-hooke", "ogden"])
def test_a_small_block_agrees(name: str, tmp_path) -> None:
    from dataclasses import replace

    from benchmarks.peers.ours import Problem

    case = replace(CASES[name], sizes={"tiny": 3})
    deck = case.deck("tiny")
    found = calculix.run(deck, tmp_path)
    problem = Problem(case, "tiny", "direct")
    problem.solve()
    ours = {
        "nodes": problem.reduction.coordinates,
        "region": problem.region_of_nodes(),
        "displacement": problem.equilibrium.u.x.array.reshape(-1, 3),
        "reaction": problem.reaction_n(),
        "stress": problem.stress_mpa(),
    }
    assert max(differences(ours, found, deck).values()) < 1e-5
