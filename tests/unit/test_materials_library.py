# SPDX-License-Identifier: MIT
"""The library: complete, checked, with helpful errors."""

import pytest

from materials import build, library
from materials.evaluation import confined_mpa, simple_shear_mpa
from materials.law import young_modulus_mpa
from materials.quantities import CONFIDENCE, FAMILIES
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
SOLIDS = (*library.names("insole"), *library.names("tissue"))

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


@pytest.mark.parametrize("name", [*SOLIDS, "annulus_ground", "nucleus", "bone_cortical"])
def test_every_solid_builds(name):
    law = build.law(name)
    assert 2e-11 < law.density_t_mm3 < 3e-9
    assert law.initial_shear_modulus_mpa > 0


def test_the_library_is_broad():
    assert len(SOLIDS) >= 60
    families = {library.load(name).family for name in library.names("insole")}
    assert families == set(FAMILIES)
    assert len([name for name in SOLIDS if name.startswith("eva_")]) >= 5


@pytest.mark.parametrize("name", SOLIDS)
def test_every_solid_says_how_far_it_is_trusted_and_how_it_relaxes(name):
    record = library.load(name)
    assert 0.0 < record.number("valid_compression") < 1.0
    if record.kind == "insole":
        assert record.family and "valid_tension" in record.quantities
    series = build.series_of(record)
    if record.family == "shell" or name == "rigid_reference":
        assert series is None
    else:
        assert series is not None and 0.0 < sum(series.weights) < 1.0
        assert record.quantities["prony_weights"].confidence in ("assumed", "fitted")
    if record.law == "hyperfoam":
        assert record.number("valid_compression") <= max(record.numbers("compression_strains"))


def test_units_are_converted_once():
    heel = build.law("heel_pad")
    assert heel.initial_shear_modulus_mpa == pytest.approx(0.01645)
    assert heel.poisson_ratio == 0.475
    assert heel.density_t_mm3 == pytest.approx(1e-9)
    assert build.law("carbon").density_t_mm3 == pytest.approx(1.55e-9)


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
        ('kind = "insole"', 'kind = "insole"\nfamily = "foams"', r"family: .*did you mean 'foam'"),
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


READ = 'source = "t", confidence = "read" }'
SERIES = f"""prony_weights = {{{{ value = {{}}, unit = "1", range = [-1, 2], {READ}}}
prony_times = {{{{ value = {{}}, unit = "s", range = [-1, 9], {READ}}}
"""
LIMIT = f'valid_{{}} = {{{{ value = {{}}, unit = "1", range = [-1, 9], {READ}}}\n'


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (SERIES.format([0.6, 0.4], [0.1, 1.0]), r"my_foam\.prony_weights: must sum to less than 1"),
        (SERIES.format([0.2, 0.0], [0.1, 1.0]), r"my_foam\.prony_weights: .*\[2\].* positive"),
        (SERIES.format([0.2, -0.1], [0.1, 1.0]), r"my_foam\.prony_weights: .*\[2\].* positive"),
        (SERIES.format([0.2, 0.1], [1.0, 0.1]), r"my_foam\.prony_times: must ascend"),
        (SERIES.format([0.2, 0.1], [1.0, 1.0]), r"my_foam\.prony_times: must ascend"),
        (SERIES.format([0.2, 0.1], [0.0, 1.0]), r"my_foam\.prony_times: .*\[1\].* positive"),
        (SERIES.format([0.2, 0.1], [1.0]), r"my_foam\.prony_weights: 2 numbers, prony_times has 1"),
        (SERIES.format([0.2], [1.0]).split("\n")[0], r"my_foam\.prony_weights: .* has 0"),
        (LIMIT.format("compression", 1.0), r"my_foam\.valid_compression: .* above 0 below 1"),
        (LIMIT.format("compression", 0.0), r"my_foam\.valid_compression: .* above 0 below 1"),
        (LIMIT.format("tension", -0.1), r"my_foam\.valid_tension: -0.1 is no strain above 0"),
    ],
)
def test_numbers_that_do_not_go_together_are_refused_by_key(tmp_path, more, message):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD + more)
    with pytest.raises(MaterialFileError, match=message) as error:
        library.read_file(path)
    assert str(path) in str(error.value)


def test_a_series_and_a_range_of_an_own_file_are_kept(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD + SERIES.format([0.2, 0.1], [0.1, 1.0]) + LIMIT.format("tension", 1.5))
    (record,) = library.read_file(path)
    series = build.series_of(record)
    assert series is not None and series.instantaneous_ratio == pytest.approx(1.0 / 0.7)
    assert record.number("valid_tension") == 1.5


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MaterialFileError, match="not UTF-8"):
        library.read_file(path)


def test_confined_compression_and_shear_of_a_solid():
    law = build.law("cork")
    strain = 1e-5
    ratio, modulus = law.poisson_ratio, young_modulus_mpa(law)
    confined = modulus * (1 - ratio) / ((1 + ratio) * (1 - 2 * ratio))
    assert confined_mpa(law, [1 - strain])[0] == pytest.approx(-confined * strain, rel=1e-4)
    shear = simple_shear_mpa(law, [strain, 0.3])
    assert shear[0] == pytest.approx(law.initial_shear_modulus_mpa * strain, rel=1e-6)
    assert shear[1] == pytest.approx(law.initial_shear_modulus_mpa * 0.3, rel=1e-9)
