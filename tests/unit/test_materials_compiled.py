# SPDX-License-Identifier: MIT
"""Laws as compiled forms: numbers are constants of the kernel, stress is the interpreter's."""

from dataclasses import replace

import numpy as np
import pytest

from materials.evaluation import energy_mpa, first_piola_mpa
from materials.ogden import HyperFoam, Ogden

ufl = pytest.importorskip("ufl")
dolfinx = pytest.importorskip("dolfinx")
MPI = pytest.importorskip("mpi4py.MPI")

GRADIENT = np.array([[-0.45, 0.1, 0.0], [0.05, 0.15, -0.1], [0.0, 0.2, 0.2]])
OGDEN = Ogden((0.01645,), (6.82,))
FOAM = HyperFoam((1.0039, 0.03168), (13.42, -1.38))


def homogeneous():
    """A small cube under a homogeneous deformation gradient I + GRADIENT."""
    mesh = dolfinx.mesh.create_unit_cube(MPI.COMM_SELF, 1, 1, 1)
    space = dolfinx.fem.functionspace(mesh, ("Lagrange", 1, (3,)))
    u = dolfinx.fem.Function(space)
    u.interpolate(lambda x: GRADIENT @ x)
    return mesh, u


def constants(mesh, law):
    scalar = dolfinx.default_scalar_type
    return {n: dolfinx.fem.Constant(mesh, scalar(v)) for n, v in law.parameters().items()}


@pytest.mark.parametrize(
    ("law", "other"),
    [
        (OGDEN, replace(OGDEN, shear_moduli_mpa=(0.025,), exponents=(8.4,), poisson_ratio=0.49)),
        (FOAM, replace(FOAM, shear_moduli_mpa=(0.1910, 0.01073), exponents=(6.48, -2.27))),
    ],
    ids=["ogden", "hyperfoam"],
)
def test_constants_change_the_law_and_not_the_kernel(law, other):
    mesh, u = homogeneous()
    F = ufl.Identity(3) + ufl.grad(u)
    values = constants(mesh, law)
    P = law.first_piola(F, values)
    entries = [P[i, j] for i, j in np.ndindex(3, 3)]
    expression = dolfinx.fem.Expression(ufl.as_vector(entries), np.array([[0.2, 0.3, 0.1]]))
    for candidate in (law, other):
        for name, value in candidate.parameters().items():
            values[name].value = value
        compiled = expression.eval(mesh, np.array([0], dtype=np.int32)).reshape(3, 3)
        np.testing.assert_allclose(
            compiled, first_piola_mpa(candidate, [np.eye(3) + GRADIENT])[0], rtol=1e-9, atol=1e-12
        )

    def signature(some_law):
        v = ufl.TestFunction(u.function_space)
        stress = some_law.first_piola(F, constants(mesh, some_law))
        return (ufl.inner(stress, ufl.grad(v)) * ufl.dx).signature()

    assert signature(law) == signature(other)
    assert signature(law) != signature(OGDEN if law is FOAM else FOAM)


def test_energy_assembles_to_the_interpreted_one():
    mesh, u = homogeneous()
    F = ufl.Identity(3) + ufl.grad(u)
    form = dolfinx.fem.form(OGDEN.energy(F, constants(mesh, OGDEN)) * ufl.dx(degree=0))
    assembled = dolfinx.fem.assemble_scalar(form)
    assert assembled == pytest.approx(energy_mpa(OGDEN, [np.eye(3) + GRADIENT])[0], rel=1e-10)
