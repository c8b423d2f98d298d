# SPDX-License-Identifier: MIT
"""The loops of ``loops.c``, compiled once a machine as dolfinx' forms are.

The library stands in the folder of compiled forms under a name that tells its source, its
compiler options and the Python that it is for.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.machinery
import importlib.util
import os
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

import cffi
import dolfinx.jit
from mpi4py import MPI

from simulator import compat

SOURCE = Path(__file__).with_name("loops.c")
FLAGS = ("-O3", "-march=native")
DECLARATIONS = """
typedef struct { const double* values; const int32_t* nodes; int per_cell; int block; } field;
typedef struct { const double* x; const int32_t* corners; int points; const double* weights;
                 const double* slopes; } geometry;
typedef struct { const int64_t* start; const int64_t* column; double* blocks; const int32_t* row;
                 const int64_t* target; const uint8_t* held; const double* arm; } rows;
int64_t add_cells(void* kernel, int64_t count, const int32_t* cells, const geometry* g,
                  int fields, const field* field_list, const double* density, const double* mass,
                  const rows* fine, const int32_t* fine_nodes, const int32_t* fine_places,
                  const rows* coarse, const int32_t* coarse_nodes, const int32_t* coarse_places,
                  const int32_t* corner_of);
int64_t find_places(const rows* m, int64_t count, int width, const int32_t* nodes, int32_t* places);
int64_t add_facets(int64_t count, int high, int wide, const int32_t* row_nodes,
                   const int32_t* column_nodes, const double* values, const rows* fine,
                   const rows* coarse, const int32_t* corner_of);
"""


def loops(comm: MPI.Comm) -> Any:
    """Return the library, with ``lib`` and ``ffi``; collective.

    Raises:
        RuntimeError: The compiler fails; on all ranks.
    """
    return dolfinx.jit.mpi_jit_decorator(_library)(comm)


@functools.cache
def _library() -> Any:
    flags = [*FLAGS, *(["-DCUSTOM_DATA"] if compat.kernels_take_custom_data() else [])]
    text = SOURCE.read_text()
    told = "\n".join([text, DECLARATIONS, *flags, sysconfig.get_config_var("EXT_SUFFIX") or ""])
    name = f"solespine_loops_{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    folder = Path(dolfinx.jit.get_options()["cache_dir"])
    library = folder / f"{name}{sysconfig.get_config_var('EXT_SUFFIX')}"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        builder = cffi.FFI()
        builder.cdef(DECLARATIONS)
        builder.set_source(name, text, extra_compile_args=flags)
        # Others may compile the same at this moment: what is moved there is whole.
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            made = builder.compile(tmpdir=scratch)
            os.replace(made, library)
    loader = importlib.machinery.ExtensionFileLoader(name, str(library))
    spec = importlib.util.spec_from_file_location(name, library, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
