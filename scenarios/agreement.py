# SPDX-License-Identifier: MIT
"""One verdict for all ranks: rank 0 looks, every rank returns or raises the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from scenarios.errors import CommandError

if TYPE_CHECKING:
    from mpi4py import MPI

T = TypeVar("T")


def agree(comm: MPI.Intracomm, look: Callable[[], T]) -> T:
    """Call a function on rank 0 and give every rank its result or its refusal.

    Collective. What is returned or raised must be possible to pickle.

    Raises:
        CommandError: the one that rank 0 met, on every rank.
    """
    result: T | None = None
    refusal: CommandError | None = None
    if comm.rank == 0:
        try:
            result = look()
        except CommandError as error:
            refusal = error
    result, refusal = comm.bcast((result, refusal))
    if refusal is not None:
        raise refusal
    return result  # what rank 0 returned
