# SPDX-License-Identifier: MIT
"""``impact``: implicit dynamics of foot, insole and the whole chain from touchdown."""

from __future__ import annotations

from scenarios.impact.session import ImpactSession
from scenarios.run import RunContext
from scenarios.summary import Summary


def run(context: RunContext) -> Summary:
    """Run the analysis; see ``scenarios.run.AnalysisModule``."""
    return ImpactSession(context).run()
