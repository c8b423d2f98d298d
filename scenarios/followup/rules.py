# SPDX-License-Identifier: MIT
"""Which number of a result asks for which change of the insole, with reason and source.

A mark is where a number is worth a look, not a border between health and disease. The table of
docs/guide/followup.md is made from here: ``python -m scenarios.followup.rules FILE``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scenarios.compare_outputs import output_unit
from scenarios.followup import modifications as change
from scenarios.marked_text import between_marks
from scenarios.schema_insole import Insole

BEGIN = "<!-- begin: rules, made by python -m scenarios.followup.rules -->"
END = "<!-- end: rules -->"


@dataclass(frozen=True, slots=True)
class Modification:
    """One change that a rule asks for.

    Attributes:
        name: short, part of a file's name.
        make: from the insole to the keys that change.
        reason: why it may lower the number.
        source: where that was found.
    """

    name: str
    make: Callable[[Insole], change.Change]
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A number, the mark beyond which it asks, and the changes from the first to try on.

    Attributes:
        name: of the rule.
        title: the number in words.
        keys: of ``summary.json``; of two, the second less the first is taken.
        marks: by analysis; an analysis that is not there has no mark.
        source: of the marks.
        changes: modifications in the order in which they are tried.
    """

    name: str
    title: str
    keys: tuple[str, ...]
    marks: Mapping[str, float]
    source: str
    changes: tuple[Modification, ...]

    @property
    def unit(self) -> str:
        """Unit of the number and its mark."""
        return output_unit(self.keys[0])

    def value(self, outputs: Mapping[str, float]) -> float | None:
        """The number of a result, None where the result has it not."""
        if any(key not in outputs for key in self.keys):
            return None
        last = outputs[self.keys[-1]]
        return last if len(self.keys) == 1 else last - outputs[self.keys[0]]


CONFORMITY = Modification(
    "conformity",
    change.more_conformity,
    "a top nearer to the shape of the sole spreads the load over more area",
    "Goske 2006: flat -24 %, fully conforming up to -44 % at the heel; Cheung and Zhang 2005 and "
    "2008: shape before stiffness",
)
IN_SHOE = (
    "in-shoe pressure below 200 kPa is a target for feet at risk of ulcers (207 on average where "
    "ulcers stayed healed, Owings 2009; Bus 2013, from memory); of other feet it is a mark for "
    "looking"
)
SHOCK_CHANGES = (
    Modification(
        "soft_heel",
        change.softer_heel,
        "softer material under the heel takes longer to stop the foot",
        "inserts change shock by typically less than 10 % (Nigg 1999)",
    ),
    Modification(
        "thicker",
        change.thicker,
        "more height takes longer to be compressed",
        "best of 9 inserts in 4 shoes: -30 % of shock in the leg (Johnson 1988)",
    ),
)
RULES = (
    Rule(
        "heel_pressure",
        "peak pressure under the heel",
        ("plantar.peak_pressure_kpa.heel",),
        {"standing": 139.0, "stance": 200.0},
        f"standing: mean of 107 bare feet, Cavanagh 1987; stance: {IN_SHOE}",
        (
            CONFORMITY,
            Modification(
                "heel_cup",
                change.deeper_cup,
                "a higher rim holds the heel pad together, so that it stays thick under the bone",
                "heel-cup conformity had 53 % of the effect in a Taguchi study of running shoes "
                "(PMC9513060)",
            ),
            Modification(
                "heel_plug",
                change.heel_plug,
                "softer material under the middle of the heel yields where pressure is highest",
                "insole material had 26 % of the effect in the same study; next to none in Goske "
                "2006",
            ),
        ),
    ),
    Rule(
        "forefoot_pressure",
        "peak pressure under the forefoot",
        ("plantar.peak_pressure_kpa.forefoot",),
        {"standing": 53.0, "stance": 200.0},
        f"standing: mean of 107 bare feet, Cavanagh 1987; stance: {IN_SHOE}",
        (
            Modification(
                "metatarsal_pad",
                change.metatarsal_pad,
                "a dome behind the metatarsal heads takes load off them",
                "pads whose front edge lay 6 to 11 mm behind the heads lowered their peak by 32 % "
                "(SD 16; Hastings 2007, from memory)",
            ),
            Modification(
                "soft_forefoot",
                change.softer_forefoot,
                "softer material under the metatarsal heads yields where pressure is highest",
                "stiffness is the second factor of peak pressure, after shape (Cheung and Zhang "
                "2008)",
            ),
            CONFORMITY,
        ),
    ),
    Rule(
        "midfoot_pressure",
        "peak pressure under the midfoot",
        ("plantar.peak_pressure_kpa.midfoot",),
        {"stance": 130.0},
        "upper end of bare feet in walking, 80 to 130 kPa (Hughes 1993, Putti 2008)",
        (
            Modification(
                "less_conformity",
                change.less_conformity,
                "a lower arch support presses less",
                "custom moulding raised the midfoot's peak by 22 % (Cheung and Zhang 2005)",
            ),
            Modification(
                "soft_arch",
                change.softer_arch,
                "an arch that yields presses less where it is highest",
                "stiffness is the second factor of peak pressure (Cheung and Zhang 2008)",
            ),
        ),
    ),
    Rule(
        "eversion",
        "excursion of rearfoot eversion",
        ("alignment.rearfoot_eversion_deg.min", "alignment.rearfoot_eversion_deg.max"),
        {"stance": 6.2},
        "upper end of the means of 4.0 to 6.2 deg with arch supports of 0 to 40 mm (Wahmkow 2017)",
        (
            Modification(
                "medial_post",
                change.medial_post,
                "a wedge that raises the medial side turns the rearfoot outwards less",
                "orthoses change eversion by -2.2 deg (1.4 to 3.1; Cheung 2011); 41 to 90 % of a "
                "wedge reach the rearfoot (Khamis and Yizhar 2007)",
            ),
            Modification(
                "conformity",
                change.more_conformity,
                "an arch support carries the medial side",
                "weak: arch supports of 0 to 40 mm had no systematic effect (Wahmkow 2017)",
            ),
        ),
    ),
    Rule(
        "arch_drop",
        "drop of the arch under load",
        ("alignment.arch_height_drop_mm",),
        {"standing": 10.0, "stance": 10.0},
        "above 10 mm from sitting to standing counts as pronated (Brody 1982)",
        (
            Modification(
                "conformity",
                change.more_conformity,
                "an arch support carries part of the load of arch and fascia",
                "arch height had 42 % of the effect on the fascia's strain in flat feet "
                "(fbioe.2022.853085)",
            ),
            Modification(
                "medial_post",
                change.medial_post,
                "a wedge that raises the medial side unloads it",
                "medial posting had 26 % of the effect on peak pressure in the same study",
            ),
            Modification(
                "stiff_arch",
                change.stiffer_arch,
                "a filled arch yields less under the load that it takes",
                "stiffness had 37 % of the effect on the fascia's strain in the same study",
            ),
        ),
    ),
    Rule(
        "loading_rate",
        "loading rate of the ground reaction force",
        ("shock.loading_rate_bw_per_s",),
        {"impact": 69.7},
        "mean of shod rear-foot strikers in running (Lieberman 2010)",
        SHOCK_CHANGES,
    ),
    Rule(
        "tibial_shock",
        "peak acceleration of the tibia",
        ("shock.peak_acceleration_g.tibia",),
        {"impact": 3.5},
        "upper end of walking in shoes, skin-mounted, 1.5 to 3.5 g (Light 1980, Lafortune 1991)",
        SHOCK_CHANGES,
    ),
    Rule(
        "foam_strain",
        "largest compression of the insole",
        ("insole.peak_compressive_strain",),
        {"standing": 0.5, "stance": 0.5, "impact": 0.5},
        "beyond half its height a closed-cell foam stiffens steeply: its gas alone carries p0 e / "
        "(1 - e - R) at strain e and relative density R (Mills)",
        (
            Modification(
                "thicker",
                change.thicker,
                "more height is compressed by a smaller part of it",
                "the law of the foam; thickness has 3 % of the effect on heel pressure "
                "(PMC9513060)",
            ),
            Modification(
                "firmer",
                change.firmer,
                "firmer material is compressed less before it bottoms out",
                "the law of the foam",
            ),
        ),
    ),
)


def rules_table() -> str:
    """Markdown tables of the rules and of their changes."""
    lines = ["| rule | number | asks beyond | source of the mark |", "|---|---|---|---|"]
    for rule in RULES:
        marks = ", ".join(f"{mark:g} ({analysis})" for analysis, mark in rule.marks.items())
        title = f"{rule.title}{f' ({rule.unit})' if rule.unit else ''}"
        lines.append(f"| `{rule.name}` | {title} | {marks} | {rule.source} |")
    lines += ["", "| rule | change, first to last | reason | source |", "|---|---|---|---|"]
    for rule in RULES:
        for made in rule.changes:
            lines.append(f"| `{rule.name}` | `{made.name}` | {made.reason} | {made.source} |")
    return "\n".join(lines)


def renewed(text: str) -> str:
    """A Markdown text with the tables between their marks made anew.

    Raises:
        ValueError: the marks are not there.
    """
    return between_marks(text, BEGIN, END, rules_table())


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(renewed(file.read_text(encoding="utf-8")), encoding="utf-8")
