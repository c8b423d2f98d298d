# SPDX-License-Identifier: MIT
"""Laws from test data.

- `read`, `columns`, `checks`: test files, their units, and what is refused in them.
- `terms`, `predict`: closed-form stresses of a law in a test, elastic and over time.
- `models`, `fit`, `intervals`: which numbers are fitted, least squares, how sure they are.
- `stability`: up to which strain a law is stable.
- `record`: the fit as a record of the material library.
"""
