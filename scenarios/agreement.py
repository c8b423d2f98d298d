# SPDX-License-Identifier: MIT
"""One verdict for all ranks: rank 0 looks, every rank returns or raises the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from scenarios.errors import CommandError

if TYPE_CHECKING:
    from mpi4py import MPI

T = TypeVar("T")
PAUSE_S = 0.01


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


def alone(comm: MPI.Intracomm, work: Callable[[], T]) -> T | None:
    """Call a function on rank 0 while the others sleep and leave it their processors; collective.

    Returns:
        What it returned on rank 0, ``None`` on the others.
    """
    result = work() if comm.rank == 0 else None
    arrived = comm.Ibarrier()
    while not arrived.Test():
        time.sleep(PAUSE_S)
    return result
