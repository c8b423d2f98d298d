# SPDX-License-Identifier: MIT
"""``standing``: quiet standing with a share of body weight on the foot."""

from __future__ import annotations

from meshes.foot import foot_outline
from scenarios.gait.build import walker_of
from scenarios.gait.built_in import standing_gait
from scenarios.gait.stance import StanceGait
from scenarios.loading import foot_dimensions
from scenarios.run import RunContext
from scenarios.session import Session, make_gait
from scenarios.summary import Summary

INSTANT_PERCENT = 50.0
"""Standing has one instant; any per cent of a constant load is the same."""


def run(context: RunContext) -> Summary:
    """Run the analysis; see ``scenarios.run.AnalysisModule``."""
    scenario = context.scenario

    def build() -> StanceGait:
        outline = foot_outline(foot_dimensions(scenario.subject))
        walker = walker_of(scenario.subject, outline)
        return standing_gait(walker, scenario.standing.body_weight_share)

    gait = make_gait(context, build)
    return Session(context, gait, (INSTANT_PERCENT,), "standing").run()
