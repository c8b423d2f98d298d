# SPDX-License-Identifier: MIT
"""The loops and MUMPS of single precision, compiled once a machine as dolfinx' forms are.

A library stands in the folder of compiled forms under a name that tells its source, its
compiler options and the Python that it is for.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.machinery
import importlib.util
import os
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cffi
import dolfinx.jit
from mpi4py import MPI
from numpy.typing import NDArray

from simulator import compat

SOURCES = ("tangent.c", "smooth.c", "walk.c")
USR = Path("/usr")
FLAGS = ("-O3", "-march=native")
POINTERS = {
    "float64": "double*",
    "float32": "float*",
    "int32": "int32_t*",
    "int64": "int64_t*",
    "uint8": "uint8_t*",
}
"""C types of pointers to arrays; cffi refuses one where the loops ask for another."""
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
typedef struct { int64_t rows; int64_t* start; int32_t* column; float* values; float* inverse;
               } narrow;
int64_t copy_blocks(narrow* m, const int64_t* start, const int32_t* column, const double* blocks);
void multiply(const narrow* m, const double* x, double* out);
void smooth(const narrow* m, const float* b, float* x, float* step, float keep, float gain);
typedef struct { const int64_t* facets; const int64_t* neighbours; const double* positions;
                 const double* normals; double radius; double facing; double rim; double inside;
                 double wedge; } surface;
void walk(const surface* s, int64_t count, const int64_t* index, const int64_t* start,
          const double* guess, const double* points, const double* own_normals, int64_t* facet,
          double* eta, double* gap, uint8_t* done);
void project_all(const surface* s, int64_t count, const double* points, double* eta);
"""
FACTOR = """
int64_t factor_open(void** made, int communicator, int64_t size, int64_t count, int32_t* row,
                    int32_t* column, int64_t outer_count, int32_t* outer, float* dense,
                    int first);
int64_t factor_renew(void* made, float* values, int percent);
int64_t factor_solve(void* made, int half, float* values, float* outer);
void factor_close(void* made);
"""


def loops(comm: MPI.Comm) -> Any:
    """Return the library, with ``lib`` and ``ffi``, compiled by one rank; collective.

    Raises:
        RuntimeError: The compiler fails; on all ranks.
    """
    return dolfinx.jit.mpi_jit_decorator(library)(comm)


@functools.cache
def library() -> Any:
    """Return the library, compiled here where it is not yet."""
    flags = [*FLAGS, *(["-DCUSTOM_DATA"] if compat.kernels_take_custom_data() else [])]
    return _built("loops", SOURCES, DECLARATIONS, flags)


def factors(comm: MPI.Comm) -> Any:
    """Return MUMPS of single precision, ``None`` where it is not to be had; collective."""
    return dolfinx.jit.mpi_jit_decorator(factor_library)(comm)


@functools.cache
def factor_library() -> Any:
    """Return what `factors` does, compiled here where it is not yet."""
    for prefix in (compat.petsc_prefix(), Path(sys.prefix), USR):
        if (prefix / "include" / "smumps_c.h").exists():
            flags, folder = ["-O2", f"-I{prefix / 'include'}"], prefix / "lib"
            where = [] if prefix == USR else [f"-L{folder}", f"-Wl,-rpath,{folder}"]
            try:
                return _built("factor", ("factor.c",), FACTOR, flags, [*where, "-lsmumps"])
            except (cffi.VerificationError, ImportError):
                continue
    return None


def _built(
    what: str, sources: Sequence[str], declarations: str, flags: list[str], link: Sequence[str] = ()
) -> Any:
    """Return a library from the folder of compiled forms, compiled where it is not there."""
    text = "\n".join(Path(__file__).with_name(name).read_text() for name in sources)
    suffix = sysconfig.get_config_var("EXT_SUFFIX") or ""
    told = "\n".join([text, declarations, *flags, *link, suffix])
    name = f"solespine_{what}_{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    folder = Path(dolfinx.jit.get_options()["cache_dir"])
    path = folder / f"{name}{suffix}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        builder = cffi.FFI()
        builder.cdef(declarations)
        builder.set_source(name, text, extra_compile_args=flags, extra_link_args=list(link))
        # Others may compile the same at this moment: what is moved there is whole.
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            made = builder.compile(tmpdir=scratch)
            os.replace(made, path)
    loader = importlib.machinery.ExtensionFileLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def pointer(values: NDArray[Any]) -> Any:
    """Return the typed address of an array in one piece; the array must outlive it."""
    assert values.flags.c_contiguous
    return library().ffi.cast(POINTERS[values.dtype.name], values.ctypes.data)
