# Case 1 of env/run: the Python that is active has dolfinx (conda, Docker, a site module, Debian 13).
# shellcheck shell=bash disable=SC2154 # variables of env/run

# Reads the package's metadata only: importing dolfinx would cost a second at each start.
active_python_has_dolfinx() {
    command -v python3 >/dev/null || return 1
    python3 - <<'PY' 2>/dev/null
import importlib.metadata as metadata
import importlib.util as util
import re
import sys

try:
    version = metadata.version("fenics-dolfinx")
except metadata.PackageNotFoundError:
    sys.exit(1)
major, minor = map(int, re.match(r"(\d+)\.(\d+)", version).groups())
found = all(util.find_spec(name) for name in ("dolfinx", "petsc4py", "mpi4py"))
sys.exit(0 if found and (major, minor) >= (0, 9) and sys.version_info >= (3, 11) else 1)
PY
}

active_identity() {
    python3 -c 'import sys, importlib.metadata as m
print("active", sys.executable, sys.version, m.version("fenics-dolfinx"))' | digest
}

active_exec() {
    local version
    version=$(mpirun --version 2>/dev/null | sed -n 's/.*Open MPI[^0-9]*\([0-9]*\).*/\1/p')
    parallel_variables "$version"
    exec env PATH="$venv/bin:$PATH" VIRTUAL_ENV="$venv" "$@"
}
