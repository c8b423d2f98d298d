# SPDX-License-Identifier: MIT
"""A Slurm of one node on loopback, state in a temporary folder, ended with the test."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch")
UP_S = 60.0

CONF = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={ctld}
SlurmdPort={slurmd}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
MaxArraySize=1001
SchedulerParameters=sched_min_interval=200000
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=short Nodes={host} Default=YES MaxTime=INFINITE State=UP
PartitionName=long Nodes={host} MaxTime=INFINITE State=UP
"""


def is_there() -> bool:
    """Whether Slurm is installed and may be started by this user."""
    return os.geteuid() == 0 and all(shutil.which(name) for name in NEEDED)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def one_node_slurm(folder: Path) -> Iterator[Mapping[str, str]]:
    """Start it, give the variables by which its commands find it, and end it."""
    for name in ("state", "spool"):
        (folder / name).mkdir()
    folder.chmod(0o755)
    host = socket.gethostname().partition(".")[0]
    text = CONF.format(
        host=host, folder=folder, ctld=_free_port(), slurmd=_free_port(), cpus=os.cpu_count()
    )
    (folder / "slurm.conf").write_text(text)
    (folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n")
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o600)
    variables = {"SLURM_CONF": str(folder / "slurm.conf")}
    environment = {**os.environ, **variables}
    files = {"key-file": key, "socket": folder / "munge.socket", "pid-file": folder / "munge.pid"}
    files |= {"log-file": folder / "munge.log", "seed-file": folder / "munge.seed"}
    daemons = []
    try:
        for command in (
            ["munged", "--foreground", "--force", *(f"--{k}={v}" for k, v in files.items())],
            ["slurmctld", "-D", "-i"],
            ["slurmd", "-D", "-N", host],
        ):
            with (folder / f"{command[0]}.out").open("w") as out:
                process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
            daemons.append(process)
            time.sleep(0.3)
        _wait(environment, folder)
        yield variables
    finally:
        for process in reversed(daemons):
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(environment: Mapping[str, str], folder: Path) -> None:
    until = time.monotonic() + UP_S
    while time.monotonic() < until:
        command = ["sinfo", "--noheader", "--format=%T"]
        found = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=30, check=False
        )
        if found.stdout.split() and set(found.stdout.split()) <= {"idle", "mixed", "allocated"}:
            return
        time.sleep(0.2)
    said = "\n".join(p.read_text()[-1500:] for p in [*folder.glob("*.log"), *folder.glob("*.out")])
    raise RuntimeError(f"Slurm does not come up: {found.stdout}{found.stderr}\n{said}")
