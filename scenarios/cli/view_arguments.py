# SPDX-License-Identifier: MIT
"""Flags of ``solespine view``."""

from __future__ import annotations

import argparse

LOOKS = ("oblique", "lateral", "medial", "front", "back", "top", "sole")
FOCI = ("foot", "spine", "all")

EPILOG = """\
Opens a page in the browser: bodies, field, time, magnified deformation, a cut, values at a point.
Two results stand side by side with one camera, one time and one colour scale. With --screenshot,
--film or --paraview a file is written instead and no browser is needed; nor is a screen.

On another computer, a cluster's node among them, start it there with --no-browser and type here
  ssh -L 8765:localhost:8765 THERE
then open the address that it printed. It listens to its own computer alone: what it shows may be of
a patient. --host opens it to others; the word in the address then is all that keeps them out, and
what is sent is not encrypted.

examples:
  solespine view results/walking
  solespine view results/eva results/lift
  solespine view results/walking --screenshot sole.png --field contact_pressure_mpa --look sole
  solespine view results/walking --film step.mp4 --bodies foot,insole --scale 3
  solespine view results/walking --paraview state.py && paraview --script state.py
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add all flags."""
    parser.add_argument("folder", metavar="DIR", help="result folder")
    parser.add_argument("beside", metavar="DIR2", nargs="?", help="another, shown at its right")
    parser.add_argument("--field", metavar="NAME", help="what is coloured (--list names them)")
    parser.add_argument(
        "--time", metavar="T", help="per cent of stance, of an impact ms after touchdown"
    )
    parser.add_argument(
        "--scale", metavar="X", help="deformation magnified so many times (default: 1)"
    )
    parser.add_argument(
        "--bodies",
        metavar="NAME,...",
        help="show these alone; foot takes all whose names begin so",
    )
    parser.add_argument(
        "--range",
        dest="limits",
        metavar="A:B",
        help="range of the colours; --range=-5:0 where A is negative",
    )
    parser.add_argument(
        "--cut", metavar="AXIS[:P]", help="cut across x, y or z at P %% of the extent (default: 50)"
    )
    parser.add_argument("--focus", choices=FOCI, help="part that fills the picture (default: foot)")
    parser.add_argument("--look", choices=LOOKS, help="where from (default: oblique)")
    files = parser.add_argument_group("files instead of the page")
    files.add_argument("--screenshot", metavar="FILE.png", help="write a picture")
    files.add_argument("--film", metavar="FILE.mp4|gif", help="write all instants as a film")
    files.add_argument(
        "--size", metavar="WxH", help="pixels of picture and film (default: 1280x800)"
    )
    files.add_argument("--paraview", metavar="FILE.py", help="write a state script for ParaView")
    files.add_argument(
        "--list", dest="only_list", action="store_true", help="name fields, bodies and instants"
    )
    page = parser.add_argument_group("the page")
    page.add_argument(
        "--port", metavar="N", type=int, help="port to listen at (default: a free one from 8765 on)"
    )
    page.add_argument(
        "--host", metavar="NAME", default="localhost", help="interface (default: localhost alone)"
    )
    page.add_argument("--no-browser", action="store_true", help="only print the address")
