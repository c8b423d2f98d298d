# SPDX-License-Identifier: MIT
"""Constitutive laws in UFL, force curves of connectors and the material library.

- `materials.law`: what a law is; `solids`, `polynomial`, `ogden`, `fibres`: the laws.
- `materials.curves`: bands and facets.
- `materials.library`, `record`: names, values, units, ranges, sources; `build`: laws and curves
  from them.
- `materials.wear`, `worn`: how foams change with use, and the law of a worn one.
- `materials.evaluation`: stress and tangent as numpy arrays.
"""
