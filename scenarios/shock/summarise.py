# SPDX-License-Identifier: MIT
"""From the histories of an impact to its parts of ``summary.json``, and what must be said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from scenarios.shock.history import ShockHistory
from scenarios.shock.measures import (
    FORCE_WINDOW_S,
    SITE_WINDOW_S,
    SiteMeasures,
    attenuation_percent,
    ground_measures,
    insole_energy,
    level_measures,
    site_measures,
)
from scenarios.shock.section import Bands, BySite, LumbarTransient, PowerBySite, Shock, Transfer
from scenarios.shock.spectra import (
    BANDS_HZ,
    STEPS_PER_PERIOD,
    STRIDE_S,
    Spectrum,
    band_power,
    peak_frequency_hz,
    resolution_hz,
    resolvable_hz,
    spectrum,
    transmissibility,
    unresolved_bands,
)
from scenarios.summary import InsoleSummary

QUARTER_STEPS = STEPS_PER_PERIOD // 4
"""Steps of a quarter of a period, the rise of a pulse that is just resolved."""


def shock_section(history: ShockHistory) -> Shock:
    """All shock measures of an impact."""
    ground = ground_measures(history)
    sites = [site_measures(history, site) for site in history.sites]
    spectra = [spectrum(history, site.name) for site in history.sites]
    top = resolvable_hz(1000.0 * history.step_s)
    kind = None if ground.peak is None else ground.peak.kind
    return Shock(
        loading_rate_bw_per_s=ground.rate_bw_per_s,
        loading_rate_max_bw_per_s=ground.rate_max_bw_per_s,
        contact_ms=None if ground.contact_s is None else 1000.0 * ground.contact_s,
        impact_peak_bw=None if ground.peak is None else ground.peak.force_bw,
        impact_peak_ms=None if ground.peak is None else 1000.0 * ground.peak.time_s,
        impact_peak_kind=kind,
        largest_force_bw=ground.largest_bw,
        peak_acceleration_g=_by_site(sites, lambda s: s.peak_g),
        peak_acceleration_ms=_by_site(sites, lambda s: 1000.0 * s.at_s),
        acceleration_rate_g_per_s=_by_site(sites, lambda s: s.rate_g_per_s),
        acceleration_rate_max_g_per_s=_by_site(sites, lambda s: s.rate_max_g_per_s),
        attenuation_from_tibia_percent=_attenuation(sites),
        lumbar=_lumbar_transients(history) or None,
        resolution_hz=resolution_hz(history) if spectra else None,
        resolvable_hz=top if spectra else None,
        peak_frequency_hz=BySite(**{s.site: peak_frequency_hz(s) for s in spectra}),
        power_g2=PowerBySite(**{s.site: _power(s) for s in spectra}),
        transmissibility_db=_transfer(spectra),
    )


def insole_with_energy(section: InsoleSummary, history: ShockHistory) -> InsoleSummary:
    """The section with the energies of an impact added."""
    energy = insole_energy(history)
    if energy is None:
        return section
    values = {
        "energy_absorbed_j": energy.absorbed_j,
        "energy_returned_j": energy.returned_j,
        "energy_lost_j": energy.lost_j,
        "energy_lost_percent": energy.lost_percent,
    }
    if history.insole_stored_j is not None:
        values["energy_stored_j"] = float(history.insole_stored_j.max())
    return section.model_copy(update=values)


def shock_warnings(history: ShockHistory) -> tuple[str, ...]:
    """What must be known to read the shock measures."""
    return tuple((*_spectral_warnings(history), *_peak_warnings(history)))


def _spectral_warnings(history: ShockHistory) -> Iterator[str]:
    if not history.sites:
        return
    step = 1000.0 * history.step_s
    for name in unresolved_bands(step):
        low, high = BANDS_HZ[name]
        yield (
            f"a step of {step:g} ms resolves up to {resolvable_hz(step):.3g} Hz "
            f"({STEPS_PER_PERIOD} steps a period): power and transmissibility of "
            f"{low:g}-{high:g} Hz are left out; they need {1000 / STEPS_PER_PERIOD / high:.2g} ms"
        )
    width = resolution_hz(history)
    given = [span for name, span in BANDS_HZ.items() if name not in unresolved_bands(step)]
    coarse = [f"{low:g}-{high:g}" for low, high in given if high - low < width]
    if coarse:
        yield (
            f"spectra resolve {width:.2g} Hz: {', '.join(coarse)} Hz is narrower than that and "
            "holds power of its neighbours"
        )
    if 1.0 / width < 0.99 * STRIDE_S:
        yield (
            f"the record ends {1000 * history.time_s[-1]:.0f} ms after touchdown; spectra take it "
            f"as silent up to {1000 * STRIDE_S:.0f} ms"
        )


def _peak_warnings(history: ShockHistory) -> Iterator[str]:
    if ground_measures(history).peak is None:
        yield (
            f"the ground reaction has no impact peak within {1000 * FORCE_WINDOW_S:.0f} ms of "
            "contact: loading rates are of the rise to its largest value there"
        )
    sites = [site_measures(history, site) for site in history.sites]
    edges = [site.name for site in sites if not site.is_local]
    if edges:
        yield (
            f"axial acceleration of {', '.join(edges)} has no local maximum within "
            f"{1000 * SITE_WINDOW_S:.0f} ms of contact: its largest value there is no impact peak"
        )
    quick = [site.name for site in sites
             if site.is_local and site.rise_s < (QUARTER_STEPS - 0.5) * history.step_s]  # fmt: skip
    if quick:
        yield (
            f"peak acceleration of {', '.join(quick)} rises within less than {QUARTER_STEPS} steps "
            f"of {1000 * history.step_s:g} ms: the step does not resolve it"
        )
    falling = [level.level for level in history.levels
               if int(np.argmax(level.compression_n[history.touchdown :])) == 0]  # fmt: skip
    if falling:
        yield (
            f"compression of {', '.join(falling)} is largest at touchdown: see its rise for what "
            "the impact adds"
        )
    rising = [level.level for level in history.levels
              if level.compression_n[-1] >= level.compression_n.max()]  # fmt: skip
    if rising:
        yield (
            f"compression of {', '.join(rising)} still rises at the end of the run: its peak "
            "comes later"
        )


def _by_site(
    sites: Sequence[SiteMeasures], value: Callable[[SiteMeasures], float | None]
) -> BySite:
    return BySite(**{site.name: value(site) for site in sites})


def _attenuation(sites: Sequence[SiteMeasures]) -> BySite | None:
    tibia = next((site for site in sites if site.name == "tibia"), None)
    if tibia is None:
        return None
    above = [site for site in sites if site is not tibia]
    return _by_site(above, lambda site: attenuation_percent(tibia, site))


def _lumbar_transients(history: ShockHistory) -> dict[Any, LumbarTransient]:
    found = {}
    for level in history.levels:
        of = level_measures(history, level)
        force, shear, pressure = of.compression_n, of.shear_ap_n, of.disc_pressure_mpa
        found[level.level] = LumbarTransient(
            compression_initial_n=force.initial,
            compression_change_n=force.change,
            compression_rise_n=force.rise,
            compression_rise_bw=force.rise / history.body_weight_n,
            compression_at_ms=1000.0 * force.at_s,
            compression_rate_n_per_s=force.rate_max,
            shear_ap_initial_n=shear.initial,
            shear_ap_change_n=shear.change,
            shear_ap_at_ms=1000.0 * shear.at_s,
            disc_pressure_initial_mpa=pressure.initial,
            disc_pressure_change_mpa=pressure.change,
            disc_pressure_rise_mpa=pressure.rise,
            disc_pressure_at_ms=1000.0 * pressure.at_s,
            disc_pressure_rate_mpa_per_s=pressure.rate_max,
        )
    return found


def _power(found: Spectrum) -> Bands:
    return Bands(**{band: band_power(found, band) for band in BANDS_HZ})


def _transfer(spectra: Sequence[Spectrum]) -> Transfer | None:
    tibia = next((found for found in spectra if found.site == "tibia"), None)
    if tibia is None:
        return None
    return Transfer(
        **{
            found.site: Bands(**transmissibility(tibia, found).bands_db)
            for found in spectra
            if found is not tibia
        }
    )
