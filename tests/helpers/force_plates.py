# SPDX-License-Identifier: MIT
"""Force-plate files made from known forces: C3D with plates of type 2, and plain tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from tests.helpers.gait_trial import Trial, write_storage

TO_LAB = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
"""From X forward, Y up, Z right to a laboratory with Z up."""


@dataclass
class PlateFile:
    """Forces of feet in X forward, Y up, Z right; one plate a foot unless said otherwise.

    Attributes:
        time_s: shape (n,), evenly spaced.
        force_n: by plate, shape (n, 3).
        point_mm: by plate, shape (n, 3), in the plane of the ground.
        free_moment_nmm: by plate, shape (n,).
        markers_mm: by name, (n, 3).
        heading_deg: walking direction in the laboratory, from its X towards its Y axis.
        sign: -1 for the force of the foot on the plate.
        units: of force, moment and place.
        origin_mm: of the plates' transducers.
    """

    time_s: np.ndarray
    force_n: list[np.ndarray]
    point_mm: list[np.ndarray]
    free_moment_nmm: list[np.ndarray]
    markers_mm: Mapping[str, np.ndarray] = field(default_factory=dict)
    heading_deg: float = 0.0
    sign: float = 1.0
    units: tuple[str, str, str] = ("N", "Nmm", "mm")
    origin_mm: tuple[float, float, float] = (0.0, 0.0, -40.0)
    to_lab: np.ndarray = field(default_factory=lambda: TO_LAB)

    @property
    def rotation(self) -> np.ndarray:
        """From walking axes to those of the laboratory."""
        angle = np.radians(self.heading_deg)
        turn = np.array(
            [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
        )
        return self.to_lab @ turn

    def write_c3d(self, path: Path, *, plates: bool = True) -> Path:
        """Write plates of type 2, whose own axes are X, -Y, -Z of the laboratory."""
        import ezc3d

        made = ezc3d.c3d()
        count = len(self.time_s)
        rate = (count - 1) / float(self.time_s[-1] - self.time_s[0])
        names = list(self.markers_mm) or ["SACR"]
        points = np.ones((4, len(names), count))
        for i, name in enumerate(names):
            place = self.markers_mm.get(name, np.ones((count, 3)))
            points[:3, i] = (place @ self.rotation.T).T * (0.001 if self.units[2] == "m" else 1.0)
        parameters = made["parameters"]
        parameters["POINT"]["RATE"]["value"] = [rate]
        parameters["POINT"]["LABELS"]["value"] = names
        parameters["POINT"]["UNITS"]["value"] = [self.units[2]]
        made["data"]["points"] = points
        channels, corners = [], []
        for force, point, free in zip(
            self.force_n, self.point_mm, self.free_moment_nmm, strict=True
        ):
            signals, corner = self._plate(force, point, free)
            channels.append(signals)
            corners.append(corner)
        number = len(channels)
        parameters["ANALOG"]["RATE"]["value"] = [rate]
        parameters["ANALOG"]["LABELS"]["value"] = [
            f"{name}{i + 1}" for i in range(number) for name in ("Fx", "Fy", "Fz", "Mx", "My", "Mz")
        ]
        parameters["ANALOG"]["UNITS"]["value"] = [
            unit for _ in range(number) for unit in [self.units[0]] * 3 + [self.units[1]] * 3
        ]
        made["data"]["analogs"] = np.vstack(channels)[None]
        if plates:
            self._plates(made, corners)
        made.write(str(path))
        return path

    def _plate(self, force, point, free) -> tuple[np.ndarray, np.ndarray]:
        """Six signals (6, n) and four corners (3, 4) of one plate."""
        loaded = force[:, 1] > 20.0
        where = point[loaded].mean(axis=0) if loaded.any() else np.zeros(3)
        centre = self.rotation @ where
        lab_force = force @ self.rotation.T
        lab_point = np.where(loaded[:, None], np.nan_to_num(point), where) @ self.rotation.T
        moment = np.cross(lab_point - centre, lab_force)
        moment += np.outer(free, self.rotation @ np.array([0.0, 1.0, 0.0]))
        up = self.rotation @ np.array([0.0, 1.0, 0.0])
        first = self.to_lab @ np.array([1.0, 0.0, 0.0])
        axes = np.stack([first, np.cross(-up, first), -up])  # rows: the plate's own axes
        local_force, local_moment = lab_force @ axes.T, moment @ axes.T
        local_moment -= np.cross(local_force, np.array(self.origin_mm))
        scale = {"N": 1.0, "kN": 1e-3}.get(self.units[0], 1.0)
        turn = {"Nmm": 1.0, "Nm": 1e-3}.get(self.units[1], 1.0)
        signals = self.sign * np.hstack([scale * local_force, turn * local_moment]).T
        size = 300.0
        corners = [
            centre + size * (a * axes[0] + b * axes[1])
            for a, b in ((1, 1), (-1, 1), (-1, -1), (1, -1))
        ]
        return signals, np.array(corners).T * (0.001 if self.units[2] == "m" else 1.0)

    def _plates(self, made, corners: Sequence[np.ndarray]) -> None:
        from ezc3d import ezc3d as raw

        number = len(corners)

        def whole(name: str, values: Sequence[int], shape: Sequence[int]) -> None:
            parameter = raw.Parameter(name, "")
            parameter.set(raw.VecInt([int(v) for v in values]), [int(v) for v in shape])
            made["parameters"].add_parameter("FORCE_PLATFORM", parameter)

        length = 0.001 if self.units[2] == "m" else 1.0
        made.add_parameter("FORCE_PLATFORM", "USED", number)
        whole("TYPE", [2] * number, [number])
        whole("ZERO", [0, 0], [2])
        whole("CHANNEL", range(1, 6 * number + 1), [6, number])
        made.add_parameter("FORCE_PLATFORM", "CORNERS", np.stack(corners, axis=2))
        made.add_parameter(
            "FORCE_PLATFORM", "ORIGIN", length * np.tile(np.array(self.origin_mm)[:, None], number)
        )

    def write_csv(
        self,
        path: Path,
        names: Sequence[str] = ("right", "left"),
        change: Mapping[str, str] | None = None,
    ) -> Path:
        """Write a table with the first plates under these sides; ``change`` renames columns."""
        columns = {"time_s": self.time_s}
        for side, force, point, free in zip(
            names, self.force_n, self.point_mm, self.free_moment_nmm, strict=False
        ):
            columns |= {f"force_{axis}_n_{side}": force[:, i] for i, axis in enumerate("xyz")}
            columns |= {f"cop_{axis}_mm_{side}": point[:, i] for i, axis in enumerate("xyz")}
            columns[f"free_moment_nmm_{side}"] = free
        labels = [(change or {}).get(name, name) for name in columns]
        rows = np.column_stack(list(columns.values()))
        lines = ["# made up", ",".join(labels)]
        lines += [",".join("" if np.isnan(v) else f"{v:.9g}" for v in row) for row in rows]
        path.write_text("\n".join(lines) + "\n")
        return path


def of_storage(path: Path) -> PlateFile:
    """The two plates of an OpenSim file with ``ground_force`` and ``1_ground_force``."""
    from scenarios.gait.storage import read_storage

    table = read_storage(path)
    forces, points, moments = [], [], []
    for prefix in ("", "1_"):
        forces.append(np.stack([table.column(f"{prefix}ground_force_v{a}") for a in "xyz"], axis=1))
        point = np.stack([table.column(f"{prefix}ground_force_p{a}") for a in "xyz"], axis=1)
        points.append(1000.0 * point)
        moments.append(1000.0 * table.column(f"{prefix}ground_torque_y"))
    return PlateFile(table.time_s, forces, points, moments)


def of_trial(trial: Trial) -> PlateFile:
    """The forces of a made-up trial, and heel and toe markers of both feet."""
    forces, points, moments = [], [], []
    for prefix in ("", "1_"):
        columns = trial.force_columns
        forces.append(np.stack([columns[f"{prefix}ground_force_v{a}"] for a in "xyz"], axis=1))
        point = np.stack([columns[f"{prefix}ground_force_p{a}"] for a in "xyz"], axis=1)
        points.append(1000.0 * point)
        moments.append(1000.0 * columns[f"{prefix}ground_torque_y"])
    time = np.linspace(trial.force_time[0], trial.force_time[-1], len(trial.force_time))
    return PlateFile(time, forces, points, moments)


def with_markers(made: PlateFile) -> PlateFile:
    """Heels near the centre of pressure of their plates, hidden while the foot is lifted."""
    markers = {}
    for name, force, point in zip("RL", made.force_n, made.point_mm, strict=False):
        loaded = force[:, 1] > 20.0
        place = np.where(loaded[:, None], point - [60.0, -30.0, 0.0], 0.0)
        markers[f"{name}HEE"] = place
    return replace(made, markers_mm=markers)


def write_mot(made: PlateFile, path: Path) -> Path:
    """The first two plates as an OpenSim file, right foot first, in N and m."""
    columns = {}
    for prefix, force, point, free in zip(
        ("", "1_"), made.force_n, made.point_mm, made.free_moment_nmm, strict=True
    ):
        columns |= {f"{prefix}ground_force_v{a}": force[:, i] for i, a in enumerate("xyz")}
        columns |= {f"{prefix}ground_force_p{a}": point[:, i] / 1000 for i, a in enumerate("xyz")}
        columns[f"{prefix}ground_torque_y"] = free / 1000.0
    return write_storage(path, made.time_s, columns)
