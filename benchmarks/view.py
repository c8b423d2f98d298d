# SPDX-License-Identifier: MIT
"""How long the viewer takes until the first picture, and from one instant to the next.

    ./env/run python benchmarks/view.py RESULT [RESULT2]

Wall seconds depend on what else the computer does; processor seconds, those of all threads, hardly
do. The first picture counts from the start of the program, imports included.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
START = time.perf_counter(), time.process_time()


class Watch:
    """Wall and processor seconds since it was made."""

    def __init__(self, start: tuple[float, float] | None = None) -> None:
        self._start = start or (time.perf_counter(), time.process_time())

    def __str__(self) -> str:
        wall, processor = self._start
        return (
            f"{time.perf_counter() - wall:6.2f} s wall, "
            f"{time.process_time() - processor:6.2f} s processor"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="RESULT")
    folders = parser.parse_args().folders
    whole = Watch((START[0], 0.0))
    from scenarios.view.controls import Controls, Cut, chosen_position, positions
    from scenarios.view.result import chosen_field, open_result
    from scenarios.view.scene import Scene

    print(f"imports              {whole}")
    results = [open_result(folder) for folder in folders]
    field = chosen_field(results[0], None)
    scene = Scene(results)
    controls = Controls(field, chosen_position(results, None))
    scene.show(controls)
    scene.look(controls.focus)
    scene.image()
    print(f"first picture        {whole}")
    places = [p for p in positions(results) if p != controls.position][:6]
    for name, visits in (("instant, from disk", places), ("instant, kept", places)):
        watch = Watch()
        for place in visits:
            scene.show(replace(controls, position=place))
            scene.image()
        print(f"{name:20} {watch} for {len(visits)}")
    for name, changed in (
        ("turned", controls),
        ("another field", replace(controls, field=chosen_field(results[0], "displacement_mm"))),
        ("deformation x 3", replace(controls, scale=3.0)),
        ("cut lengthwise", replace(controls, cut=Cut("z"))),
        ("tissue faint", replace(controls, faint=frozenset({"foot_tissue"}))),
    ):
        watch = Watch()
        if name != "turned":
            scene.show(changed)
        scene.plotter.camera.azimuth += 5.0
        scene.image()
        print(f"{name:20} {watch}")
    scene.close()


if __name__ == "__main__":
    main()
