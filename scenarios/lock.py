# SPDX-License-Identifier: MIT
"""One writer for a result folder, over process ends of any kind.

The lock is the operating system's (`flock`), held on a file in the folder: when
its holder is killed the lock is gone, so there is no stale lock to remove.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from pathlib import Path
from typing import ClassVar

from scenarios.errors import ScenarioError


class FolderBusy(ScenarioError):
    """Another process has the folder."""


class FolderLock:
    """The lock of one folder.

    Args:
        folder: the folder; it must exist when the lock is taken.
    """

    NAME: ClassVar[str] = ".lock"

    def __init__(self, folder: Path) -> None:
        self._path = folder / self.NAME
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock without waiting.

        Raises:
            FolderBusy: another process has it; the message names the process.
            OSError: the file cannot be made.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                # A file system without locks: go on rather than refuse every run on it.
                self._descriptor = descriptor
                return
            holder = os.read(descriptor, 200).decode("utf-8", "replace").strip()
            os.close(descriptor)
            raise FolderBusy(
                str(self._path.parent),
                "",
                "is being written by another run" + (f" ({holder})" if holder else ""),
                allowed="wait for it, or another -o",
            ) from None
        if not self._is_current(descriptor):
            os.close(descriptor)
            self.acquire()
            return
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
        self._descriptor = descriptor

    def _is_current(self, descriptor: int) -> bool:
        """Whether the locked file is still the one in the folder."""
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self._path))
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Give the lock back; a lock that was not taken is no error."""
        if self._descriptor is None:
            return
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None
