# SPDX-License-Identifier: MIT
"""``stance``: quasi-static in time from heel contact to toe-off."""

from __future__ import annotations

from meshes.foot import foot_outline
from scenarios.gait.build import build_gait
from scenarios.gait.stance import StanceGait
from scenarios.loading import foot_dimensions
from scenarios.run import RunContext
from scenarios.session import Session, make_gait, percent_grid
from scenarios.summary import Summary


def run(context: RunContext) -> Summary:
    """Run the analysis; see ``scenarios.run.AnalysisModule``."""
    scenario = context.scenario

    def build() -> StanceGait:
        outline = foot_outline(foot_dimensions(scenario.subject))
        return build_gait(scenario.gait, scenario.subject, outline)

    gait = make_gait(context, build)
    instants = percent_grid(scenario.output.instants)
    return Session(context, gait, instants, "stance").run()
