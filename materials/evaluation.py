# SPDX-License-Identifier: MIT
"""Numbers from a law without a mesh or a compiler: stress and tangent at given F, in numpy.

A small interpreter of UFL expressions, vectorised over points. It is there for looking at laws
(curves, tables, fits) and for testing them; a simulation compiles the same expressions instead.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import ufl
from numpy.typing import ArrayLike, NDArray
from ufl.algorithms import expand_derivatives
from ufl.classes import (
    ComponentTensor,
    Conditional,
    FixedIndex,
    FloatValue,
    Identity,
    Indexed,
    IndexSum,
    IntValue,
    ListTensor,
    MultiIndex,
    Variable,
    Zero,
)
from ufl.core.expr import Expr

from materials.law import Law, Parameters, first_elasticity

Array = NDArray[np.float64]

_POINTWISE: dict[str, Callable[..., Any]] = {
    "Sum": np.add,
    "Product": np.multiply,
    "Division": np.divide,
    "Power": np.power,
    "Sqrt": np.sqrt,
    "Exp": np.exp,
    "Ln": np.log,
    "Cos": np.cos,
    "Sin": np.sin,
    "Acos": np.arccos,
    "Abs": np.abs,
    "MaxValue": np.maximum,
    "MinValue": np.minimum,
    "GT": np.greater,
    "GE": np.greater_equal,
    "LT": np.less,
    "LE": np.less_equal,
    "EQ": np.equal,
    "Conj": np.asarray,
    "Real": np.asarray,
}

_MOST_ITERATIONS = 60

_COMPONENTWISE = {"Sum", "Conj", "Real"}
"""Rules that apply to tensors component by component; the others see scalars only."""


def placeholder(*shape: int) -> Expr:
    """A UFL scalar, vector or matrix of independent variables, to be given values later."""
    if not shape:
        return ufl.variable(ufl.as_ufl(1.0))
    return ufl.as_tensor(_nested(shape))


def _nested(shape: tuple[int, ...]) -> Any:
    """Nested lists of scalar placeholders."""
    if not shape:
        return placeholder()
    return [_nested(shape[1:]) for _ in range(shape[0])]


class _Interpreter:
    """Values of the scalar components of an expression, each computed once."""

    def __init__(self, values: dict[Any, Any]) -> None:
        self._labels = values
        self._known: dict[Any, Any] = {}

    def component(self, node: Expr, index: tuple[int, ...], bound: dict[int, int]) -> Any:
        """Value of one component of `node` where free indices have the values `bound`."""
        free = tuple(bound[i] for i in node.ufl_free_indices)
        key = (node, index, free)
        if key not in self._known:
            self._known[key] = self._compute(node, index, bound)
        return self._known[key]

    def _compute(self, node: Expr, index: tuple[int, ...], bound: dict[int, int]) -> Any:
        if isinstance(node, Variable):
            operand, label = node.ufl_operands
            if label in self._labels:
                return self._labels[label]
            return self.component(operand, index, bound)
        if isinstance(node, Zero):
            return 0.0
        if isinstance(node, FloatValue | IntValue):
            return float(node)
        if isinstance(node, Identity):
            return float(index[0] == index[1])
        operands = node.ufl_operands
        if isinstance(node, ListTensor):
            return self.component(operands[index[0]], index[1:], bound)
        if isinstance(node, Indexed):
            return self.component(operands[0], self._indices(operands[1], bound), bound)
        if isinstance(node, ComponentTensor):
            inner = {i.count(): value for i, value in zip(operands[1], index, strict=True)}
            return self.component(operands[0], (), {**bound, **inner})
        if isinstance(node, IndexSum):
            counter = operands[1][0].count()
            return sum(
                self.component(operands[0], index, {**bound, counter: i})
                for i in range(node.dimension())
            )
        if isinstance(node, Conditional):
            branches = (self.component(branch, index, bound) for branch in operands[1:])
            return np.where(self.component(operands[0], (), bound), *branches)
        rule = _POINTWISE.get(type(node).__name__)
        if rule is None:
            raise TypeError(f"no rule to evaluate a {type(node).__name__}")
        if type(node).__name__ in _COMPONENTWISE:
            return rule(*(self.component(operand, index, bound) for operand in operands))
        return rule(*(self.component(operand, (), bound) for operand in operands))

    @staticmethod
    def _indices(multi_index: MultiIndex, bound: dict[int, int]) -> tuple[int, ...]:
        return tuple(int(i) if isinstance(i, FixedIndex) else bound[i.count()] for i in multi_index)


def as_function(expression: Expr, *symbols: Expr) -> Callable[..., Array]:
    """A numpy function of an expression of placeholders and numbers, which may hold derivatives.

    Args:
        expression: The expression, of shape S.
        symbols: Its placeholders, in the order of the function's arguments.

    Returns:
        A function that takes an array (n, *placeholder shape) for each symbol (n may be 1 for
        some) and returns an array (n, *S). It raises a TypeError if the expression holds
        something that has no value here.
    """
    expanded = expand_derivatives(expression)
    shape = expression.ufl_shape
    labels = [_labels(symbol) for symbol in symbols]

    def function(*arrays: ArrayLike) -> Array:
        values: dict[Any, Array] = {}
        for names, given in zip(labels, arrays, strict=True):
            array = np.asarray(given, dtype=float)
            values.update(zip(names, array.reshape(len(array), len(names)).T, strict=True))
        count = max((len(column) for column in values.values()), default=1)
        interpreter = _Interpreter(values)
        components = [
            np.broadcast_to(interpreter.component(expanded, index, {}), (count,))
            for index in np.ndindex(*shape)
        ]
        return np.stack(components, axis=-1).reshape(count, *shape)

    return function


def evaluate(expression: Expr, values: Mapping[Expr, ArrayLike]) -> Array:
    """Values (n, *shape) of an expression for values of its placeholders; see `as_function`."""
    return as_function(expression, *values)(*values.values())


def _labels(symbol: Expr) -> list[Any]:
    """Labels of a placeholder's scalars, last index fastest."""
    if isinstance(symbol, Variable):
        return [symbol.ufl_operands[1]]
    return [label for operand in symbol.ufl_operands for label in _labels(operand)]


def energy_mpa(law: Law, F: ArrayLike, p: Parameters | None = None) -> Array:
    """Strain energy at deformation gradients F (n, 3, 3), shape (n,), MPa."""
    symbol = placeholder(3, 3)
    return evaluate(law.energy(symbol, p), {symbol: F})


def first_piola_mpa(law: Law, F: ArrayLike, p: Parameters | None = None) -> Array:
    """First Piola-Kirchhoff stress at F (n, 3, 3), shape (n, 3, 3), MPa."""
    symbol = placeholder(3, 3)
    return evaluate(law.first_piola(symbol, p), {symbol: F})


def tangent_mpa(law: Law, F: ArrayLike, p: Parameters | None = None) -> Array:
    """Tangent dP/dF at F (n, 3, 3), shape (n, 3, 3, 3, 3), MPa."""
    symbol = placeholder(3, 3)
    variable = ufl.variable(symbol)
    return evaluate(first_elasticity(law, variable, p), {symbol: F})


def uniaxial_mpa(law: Law, stretches: ArrayLike) -> tuple[Array, Array]:
    """Nominal stress of a bar with free sides.

    Args:
        law: An isotropic law.
        stretches: (n,) axial stretches, positive.

    Returns:
        Nominal axial stress (n,) in MPa (negative in compression) and lateral stretch (n,).

    Raises:
        ArithmeticError: No lateral stretch makes the sides free.
    """
    axial, side = placeholder(), placeholder()
    other = placeholder()
    F = ufl.as_tensor([[axial, 0.0, 0.0], [0.0, side, 0.0], [0.0, 0.0, other]])
    piola = law.first_piola(F)
    slope = ufl.diff(piola[1, 1], side) + ufl.diff(piola[1, 1], other)
    response = as_function(ufl.as_vector([piola[0, 0], piola[1, 1], slope]), axial, side, other)
    stretches = np.asarray(stretches, dtype=float)
    lateral = stretches**-law.poisson_ratio
    for _ in range(_MOST_ITERATIONS):
        stress, residual, stiffness = response(stretches, lateral, lateral).T
        step = -residual / stiffness
        lateral = lateral * np.exp(np.clip(step / lateral, -0.1, 0.1))
        if np.abs(step).max() < 1e-12:
            return stress, lateral
    raise ArithmeticError(f"no lateral stretch found for {law}")


def confined_mpa(law: Law, stretches: ArrayLike) -> Array:
    """Nominal axial stress (n,) in MPa of a bar whose sides are held, at axial stretches (n,)."""
    axial = np.asarray(stretches, dtype=float)
    F = np.tile(np.eye(3), (len(axial), 1, 1))
    F[:, 0, 0] = axial
    return first_piola_mpa(law, F)[:, 0, 0]


def simple_shear_mpa(law: Law, amounts: ArrayLike) -> Array:
    """Shear stress (n,) in MPa of a layer sheared by amounts (n,), tangents of its angles."""
    amounts = np.asarray(amounts, dtype=float)
    F = np.tile(np.eye(3), (len(amounts), 1, 1))
    F[:, 0, 1] = amounts
    return first_piola_mpa(law, F)[:, 0, 1]
