# SPDX-License-Identifier: MIT
"""Who chooses the next design: Optuna's samplers, seeded by the trial.

A search may be stopped and resumed, and several workers ask at once. Random numbers therefore come
from the seed of the study and the place of the trial, never from how often this process has
asked: one worker asks for the same designs whether it was stopped in between or not, and no two
workers ask for the same one.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import optuna
from optuna.samplers import BaseSampler, NSGAIISampler, RandomSampler, TPESampler

from scenarios.optimise.records import is_counted
from scenarios.optimise.study import Search, population_of

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.study import Study
    from optuna.trial import FrozenTrial, TrialState

Owning = Callable[[int], None]


class SeededByTrial(BaseSampler):
    """A new sampler for each trial, with the trial's own seed.

    Args:
        make: makes one with a seed.
        seed: of the study.
        own: called with the number of a trial as soon as it is there.
    """

    def __init__(self, make: Callable[[int], BaseSampler], seed: int, own: Owning) -> None:
        self._make = make
        self._seed = seed
        self._own = own
        self._now = make(seed)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """Take the trial's seed."""
        self._own(trial.number)
        # Of trials that count: one that was lost is asked for again, and is the same.
        before = [t for t in study.get_trials(deepcopy=False) if t.number < trial.number]
        place = sum(map(is_counted, before))
        words = np.random.SeedSequence([self._seed, place]).generate_state(1)
        self._now = self._make(int(words[0]))
        self._now.before_trial(study, trial)

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """As the sampler does."""
        return self._now.infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """As the sampler does."""
        return self._now.sample_relative(study, trial, search_space)

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """As the sampler does."""
        return self._now.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(
        self,
        study: Study,
        trial: FrozenTrial,
        state: TrialState,
        values: Sequence[float] | None,
    ) -> None:
        """As the sampler does."""
        self._now.after_trial(study, trial, state, values)


def make_sampler(study: Search, own: Owning) -> SeededByTrial:
    """The sampler of a search.

    Args:
        study: of the search.
        own: called with the number of a trial as soon as it is there.
    """
    name, options = study.search.sampler, study.search

    def make(seed: int) -> BaseSampler:
        match name:
            case "nsga2":
                return NSGAIISampler(population_size=population_of(study), seed=seed)
            case "tpe":
                return TPESampler(seed=seed)
            case "gp":
                # What is experimental is said in the guide, not by each worker.
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                    return optuna.samplers.GPSampler(seed=seed, deterministic_objective=True)
            case _:
                return RandomSampler(seed=seed)

    return SeededByTrial(make, options.seed, own)
