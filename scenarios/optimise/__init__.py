# SPDX-License-Identifier: MIT
"""Search for designs: goals under constraints, by Optuna, each trial a result folder."""
