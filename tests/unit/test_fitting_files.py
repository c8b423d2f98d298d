"""Test files: forms that are read, and what is refused with file, line and column."""

import re

import numpy as np
import pytest

from materials.fitting.columns import TestFileError
from materials.fitting.read import read_test
from materials.fitting.times import chosen_times, time_window

STRAINS = (0, 5, 10, 20, 30, 40, 50)
STRESSES = (0, 3, 6, 14, 25, 48, 90)
PLAIN = "# test: uniaxial_compression\nstrain_percent,stress_kpa\n" + "\n".join(
    f"{e},{s}" for e, s in zip(STRAINS, STRESSES, strict=True)
)
TIMES = (0, 0.1, 0.2, 0.5, 1, 2, 4, 8, 16)
HOLD = "# test: relaxation\ntime_s,strain,stress_mpa\n" + "\n".join(
    f"{t},{0.3 if i else 0},{0.03 / (1 + 0.1 * i) if i else 0}" for i, t in enumerate(TIMES)
)
CYCLE = "# test: cyclic\ntime_s,strain,stress_kpa\n" + "\n".join(
    f"{i / 10},{e},{100 * e + (2 if i < 6 else -1) * (e > 0)}"
    for i, e in enumerate((0, 0.05, 0.1, 0.2, 0.25, 0.3, 0.2, 0.1, 0.05, 0))
)


def read(folder, text, name="pad.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_test(path)


def named(text):
    """Short names of cases, by their message."""
    return "_" if text.startswith("#") else re.sub(r"\W+", "_", text)[:40]


def test_compression_is_negative_and_in_mpa(tmp_path):
    test = read(tmp_path, PLAIN)
    np.testing.assert_allclose(test.strain, -np.array(STRAINS) / 100)
    np.testing.assert_allclose(test.stress_mpa, -np.array(STRESSES) / 1000)
    assert (test.kind, test.mode, test.time_s, test.warnings) == (
        "uniaxial_compression", "uniaxial_compression", None, (),
    )  # fmt: skip
    assert len(test.sha256) == 64
    assert test.lines.tolist() == list(range(3, 10))


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(",", ";").replace("20;14", "20,0;14,0"),
        PLAIN.replace(",", "\t"),
        "# machine: a press\n# a remark\n" + PLAIN.replace("5,3", "\n5,3") + "\n,\n",
        PLAIN.replace("strain_percent,stress_kpa", "Strain_percent, Stress_kPa"),
        "# test: uniaxial_compression\nstrain,stress_pa\n"
        + "\n".join(f"{-e / 100},{-s * 1000}" for e, s in zip(STRAINS, STRESSES, strict=True)),
        "# test: uniaxial_compression\n# thickness_mm: 8\n# area_mm2: 500\n"
        "displacement_mm,force_n\n"
        + "\n".join(f"{e * 0.08},{s * 0.5}" for e, s in zip(STRAINS, STRESSES, strict=True)),
    ],
    ids=["excel", "semicolons", "tabs", "remarks", "capitals", "negative", "force"],
)
def test_forms_of_the_same_test(tmp_path, text):
    plain, other = read(tmp_path, PLAIN), read(tmp_path, text, "other.csv")
    np.testing.assert_allclose(other.strain, plain.strain)
    np.testing.assert_allclose(other.stress_mpa, plain.stress_mpa, rtol=1e-12)
    assert not other.warnings


def test_times_and_density(tmp_path):
    test = read(tmp_path, "# density_kg_m3: 240\n" + HOLD)
    assert test.density_kg_m3 == 240
    assert test.mode == "uniaxial_compression"
    np.testing.assert_allclose(test.time_s, TIMES)
    milli = read(tmp_path, HOLD.replace("time_s", "time_ms"))
    np.testing.assert_allclose(milli.time_s, np.array(TIMES) / 1000)
    assert read(tmp_path, CYCLE.replace("cyclic", "cyclic\n# mode: simple_shear")).sign == 1.0


def test_relaxation_times_lie_in_the_window_of_the_tests(tmp_path):
    test = read(tmp_path, HOLD)
    low, high = time_window(test)
    assert (low, high) == (pytest.approx(0.1), pytest.approx(8.0))
    times = chosen_times([test], 3)
    np.testing.assert_allclose(times, 0.1 * 80 ** (np.array([1, 3, 5]) / 6), rtol=5e-3)
    with pytest.raises(TestFileError, match=r"pad\.csv: a Prony series needs a test over time"):
        chosen_times([read(tmp_path, PLAIN)], 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAIN.replace("stress_kpa", "stress_psi"),
         r"line 2, column stress_psi: unknown unit 'psi' \(allowed: stress_pa, stress_kpa"),
        (PLAIN.replace("stress_kpa", "stress"), r"line 2, column stress: has no unit"),
        (PLAIN.replace("stress_kpa", "stres_kpa"),
         r"no column gives the stress; 'stres_kpa' did you mean 'stress_kpa'\?"),
        (PLAIN.replace("strain_percent", "x"), r"line 2: no column gives the strain \(allowed"),
        (PLAIN.replace("stress_kpa", "strain"), r"strain_percent and strain both give the strain"),
        (PLAIN.replace("strain_percent", "stress_kpa"), r"column stress_kpa: stands there twice"),
        (PLAIN.replace("strain_percent", "displacement_mm"),
         r"column displacement_mm: needs a line '# thickness_mm"),
        (PLAIN.replace("stress_kpa", "force_n"), r"column force_n: needs a line '# area_mm2"),
        ("# thickness_mm: -3\n" + PLAIN, r"thickness_mm: must be a positive number, got '-3'"),
        ("# thicknes_mm: 3\n" + PLAIN, r"line 1: unknown key 'thicknes_mm'; did you mean 'thick"),
        ("# test: cyclic\n" + PLAIN, r"line 2: 'test' is said twice"),
        (PLAIN.replace("uniaxial_compression", "uniaxial_compresion"),
         r"test 'uniaxial_compresion' is not known; did you mean 'uniaxial_compression'"),
        (PLAIN.replace("# test", "# kind"), r"a line '# test: \.\.\.' is missing \(allowed: uni"),
        ("# mode: simple_shear\n" + PLAIN, r"mode 'simple_shear' contradicts test"),
        (HOLD.replace("# test", "# mode: shear\n# test"), r"mode 'shear' is not known; did you"),
        (PLAIN.replace("20,14", "20,nan"), r"line 6, column stress_kpa: 'nan' is not a number"),
        (PLAIN.replace("20,14", "20,"), r"line 6, column stress_kpa: '' is not a number"),
        (PLAIN.replace("20,14", "20,14,1"), r"line 6: has 3 numbers, the header 2 columns"),
        (PLAIN.replace("20,14", "60,14"), r"line 7, column strain_percent: the strain goes back"),
        (PLAIN.replace("50,90", "5,3"), r"line 9, .*goes back: .*'# test: cyclic'"),
        (PLAIN.replace("50,90", "120,90"), r"line 9, .*compression of 1 \(100 %\) or more"),
        (PLAIN.replace("strain_percent", "strain"), r"line 4, .*is the column strain_percent\?"),
        (PLAIN.replace("10,6", "-10,6"), r"line 5, .*changes its sign: tension in a uniaxial_com"),
        (PLAIN.replace(",", ",-").replace("-stress", "stress"),
         r"opposite signs in a uniaxial_compression test"),
        (PLAIN.replace("compression", "tension").replace("\n5", "\n-5").replace("\n1", "\n-1")
         .replace("\n2", "\n-2").replace("\n3", "\n-3").replace("\n4", "\n-4"),
         r"is negative in a uniaxial_tension test; is it '# test: uniaxial_compression'"),
        ("\n".join(PLAIN.splitlines()[:6]), r"has 4 samples, at least 6 are needed"),
        ("\n".join(PLAIN.splitlines()[:2]), r"has no rows of numbers below line 2"),
        ("# test: cyclic\n", r"has no row of column names"),
        (HOLD.replace("time_s", "clock"), r"a relaxation test needs a column time_s"),
        (HOLD.replace("\n0,0,0", "\n-1,0,0"), r"line 3, column time: the time is negative"),
        (HOLD.replace("\n4,", "\n1.5,"), r"line 9, column time: the time does not ascend"),
        (HOLD.replace("8,0.3", "8,0.2"), r"line 10, column strain: the strain is not held"),
        (HOLD.replace("16,0.3,", "16,0.3,1"), r"the stress grows in the hold"),
        (CYCLE.replace(",0.2,19.0", ",0.4,40").replace(",0.1,9.0", ",0.5,50")
         .replace(",0.05,4.0", ",0.6,60").replace("\n0.9,0,0", "\n0.9,0.7,70"), r"never unloads"),
        (PLAIN.replace("strain_percent,stress_kpa\n", "strain_percent,stress_kpa,time_h\n"),
         r"column time_h: unknown unit 'h' \(allowed: time_s, time_ms\)"),
    ],
    ids=named,
)  # fmt: skip
def test_wrong_files_are_refused(tmp_path, text, message):
    assert text not in (PLAIN, HOLD, CYCLE)
    with pytest.raises(TestFileError, match=message) as error:
        read(tmp_path, text)
    assert str(error.value).startswith("pad.csv: ")


def test_files_that_are_no_text(tmp_path):
    with pytest.raises(TestFileError, match=r"nowhere\.csv: cannot be read"):
        read_test(tmp_path / "nowhere.csv")
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xff\xfe\x00strain")
    with pytest.raises(TestFileError, match="is not text in UTF-8"):
        read_test(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAIN.replace("stress_kpa", "stress_pa"), r"0\.00018 MPa .*Is the unit right\?"),
        (PLAIN.replace("stress_kpa", "stress_mpa"), r"1\.8e\+02 MPa .*Is the unit right\?"),
        (PLAIN.replace("percent,stress_kpa\n", "percent,stress_kpa,temperature_c\n")
         .replace("\n0,0", "\n0,0,20").replace(",3\n", ",3,20\n").replace(",6\n", ",6,20\n")
         .replace(",14\n", ",14,20\n").replace(",25\n", ",25,20\n").replace(",48\n", ",48,20\n")
         .replace("50,90", "50,90,20"), r"column temperature_c is not used"),
        (PLAIN.replace("\n0,0", "\n0,12"), r"line 3, column stress_kpa: stress at \(nearly\) no"),
        ("# test: simple_shear\nstrain,stress_kpa\n" + "\n".join(
            f"{e / 1e4},{s / 100}" for e, s in zip(STRAINS, STRESSES, strict=True)),
         r"largest strain is 0\.005 \(0\.5 %\)\. Is the unit"),
    ],
    ids=named,
)  # fmt: skip
def test_doubts_are_told(tmp_path, text, message):
    test = read(tmp_path, text)
    assert any(re.search(message, warning) for warning in test.warnings), test.warnings
