# SPDX-License-Identifier: MIT
"""The library: complete, checked, with helpful errors."""

import numpy as np
import pytest

from materials import build, library
from materials.evaluation import uniaxial_mpa
from materials.quantities import CONFIDENCE
from materials.record import MaterialFileError

INSOLES = (
    "eva_20 eva_35 eva_50 eva_65 poron_soft poron_firm plastazote_45 plastazote_70 silicone_gel "
    "cork tpu_85a tpu_95a polypropylene pa12 carbon soft_reference firm_reference rigid_reference"
).split()
TISSUES = "heel_pad heel_pad_lemmon forefoot_pad midfoot_tissue toe_tissue skin".split()
OTHERS = (
    "annulus_ground annulus_fibres_main annulus_fibres_dorsal annulus_fibres_lateral nucleus "
    "nucleus_fluid bone_cortical bone_cancellous facet_cartilage plantar_fascia achilles "
    "ligament_foot ligament_all ligament_pll ligament_lf ligament_cl ligament_itl ligament_isl "
    "ligament_ssl skin_insole insole_ground"
).split()
FOAMS = [name for name in INSOLES if library.load(name).law == "hyperfoam"]

GOOD = """
[sources]
t = "a compression test of this sheet"
[my_foam]
title = "My foam"
kind = "insole"
law = "compressible_neo_hookean"
status = "published"
young_modulus = { value = 300, unit = "kPa", range = [200, 400], source = "t", confidence = "read" }
poisson_ratio = { value = 0.1, unit = "1", range = [0, 0.2], source = "t", confidence = "read" }
density = { value = 150, unit = "kg/m3", range = [100, 200], source = "t", confidence = "read" }
"""


def test_all_names_of_the_design_are_there():
    assert set(INSOLES) <= set(library.names("insole"))
    assert set(TISSUES) <= set(library.names("tissue"))
    assert set(OTHERS) <= set(library.names())
    with pytest.raises(ValueError, match="tissue"):
        library.names("soup")


@pytest.mark.parametrize("name", library.names())
def test_every_number_has_unit_range_source_and_confidence(name):
    record = library.load(name)
    assert record.title and record.file.endswith(".toml")
    for quantity in record.quantities.values():
        assert quantity.source and quantity.confidence in CONFIDENCE
        assert quantity.range[0] <= quantity.range[1]
    if any(q.confidence == "fitted" for q in record.quantities.values()):
        assert record.status == "engineering default"


@pytest.mark.parametrize("name", [*INSOLES, *TISSUES, "annulus_ground", "nucleus", "bone_cortical"])
def test_every_solid_builds(name):
    law = build.law(name)
    assert 2e-11 < law.density_t_mm3 < 3e-9
    assert law.initial_shear_modulus_mpa > 0


def test_units_are_converted_once():
    heel = build.law("heel_pad")
    assert heel.initial_shear_modulus_mpa == pytest.approx(0.01645)
    assert heel.poisson_ratio == 0.475
    assert heel.density_t_mm3 == pytest.approx(1e-9)
    assert build.law("carbon").density_t_mm3 == pytest.approx(1.55e-9)


@pytest.mark.parametrize("name", FOAMS)
def test_foams_meet_their_compression_targets(name):
    record = library.load(name)
    strains = np.array(record.numbers("compression_strains"))
    targets = np.array(record.numbers("compression_stresses"))
    stress, _ = uniaxial_mpa(build.law(name), 1 - strains)
    np.testing.assert_allclose(-stress, targets, rtol=0.1)
    np.testing.assert_allclose(-stress[2:], targets[2:], rtol=0.03)


@pytest.mark.parametrize(
    ("name", "modulus"),
    [("eva_35", 2.07), ("poron_soft", 0.20), ("plastazote_45", 0.43), ("eva_65", 7.76)],
)
def test_small_strain_modulus_of_foams(name, modulus):
    law = build.law(name)
    assert 2 * law.initial_shear_modulus_mpa == pytest.approx(modulus, abs=0.01)


def test_reference_insoles_have_the_published_constants():
    for name, modulus in (("soft_reference", 0.3), ("firm_reference", 1.0)):
        law = build.law(name)
        assert 2 * law.initial_shear_modulus_mpa * 1.4 == pytest.approx(modulus)
        assert law.poisson_ratio == 0.4


def test_friction_pairs():
    assert build.friction("skin_insole") == 0.5
    with pytest.raises(build.NoLaw, match="heel_pad"):
        build.friction("heel_pad")


def test_records_that_are_no_solid_say_so():
    with pytest.raises(build.NoLaw, match=r"connectors\.toml: achilles"):
        build.law("achilles")
    with pytest.raises(build.NoLaw, match="heel_pad"):
        build.tension_curve(library.load("heel_pad"), 10.0)


def test_unknown_name_gets_the_nearest_match():
    with pytest.raises(library.UnknownMaterial, match="did you mean 'eva_35'"):
        library.load("eva35")
    with pytest.raises(library.UnknownMaterial, match="poron_soft"):
        library.load("xyzzy")


def test_own_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    (record,) = library.read_file(path)
    law = build.law_of(record)
    assert law.initial_shear_modulus_mpa == pytest.approx(0.3 / 2.2)
    assert record.quantities["density"].source == "a compression test of this sheet"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('law = "compressible', 'lwa = "compressible', r"my_foam\.law: is missing"),
        ("poisson_ratio =", "poison_ratio =", r"my_foam\.poison_ratio: .*did you mean 'poisson"),
        ("poisson_ratio =", "notes2 =", r"my_foam\.notes2: not a key"),
        (
            ', source = "t", confidence = "read" }\npoi',
            " }\npoi",
            r"modulus\.source: is missing",
        ),
        ('source = "t"', 'source = "tt"', r"young_modulus\.source: .*'tt' is not allowed"),
        ('"kPa"', '"psi"', r"young_modulus\.unit: 'psi' is not allowed"),
        ('"kPa"', '"kg/m3"', r"young_modulus\.unit: 'kg/m3' is not allowed"),
        ("value = 300", "value = 500", r"young_modulus\.value: 500 lies outside"),
        ("value = 300", 'value = "soft"', r"young_modulus\.value: must be a number"),
        ("value = 300", "value = nan", r"young_modulus\.value: must be a number"),
        ("range = [200, 400]", "range = 200", r"young_modulus\.range: must be"),
        ('confidence = "read"', 'confidence = "sure"', r"confidence: 'sure' is not allowed"),
        ('kind = "insole"', 'kind = "insoles"', r"kind: .*did you mean 'insole'"),
        ('status = "published"', 'status = "good"', r"status: 'good' is not allowed"),
        ('title = "My foam"', "", r"title: is missing"),
        ("[sources]", "[sources", r"not valid TOML"),
        ("density =", "# density =", r"my_foam\.density: is missing"),
        ("unit = ", "units = ", r"young_modulus\.units: unknown key; did you mean 'unit'"),
    ],
)
def test_broken_files_are_refused_with_file_and_key(tmp_path, old, new, message):
    assert old in GOOD
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(MaterialFileError, match=message) as error:
        library.read_file(path)
    assert str(path) in str(error.value)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(MaterialFileError, match=r"nowhere\.toml: cannot be read"):
        library.read_file(tmp_path / "nowhere.toml")
