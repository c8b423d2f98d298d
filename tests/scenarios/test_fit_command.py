"""The commands `materials fit` and `materials shore`."""

from __future__ import annotations

import numpy as np
import pytest

from materials.fitting.models import model_of
from materials.library import read_file
from materials.ogden import HyperFoam
from scenarios.cli import main
from tests.helpers.specimens import (
    SERIES,
    noisy,
    specimen,
    three_tests,
    uniaxial_over_time,
    write_test,
)

LAW = HyperFoam((0.3,), (4.0,))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Files of compression, shear, relaxation and a cycle."""
    folder = tmp_path_factory.mktemp("tests")
    times = np.linspace(0.0, 2.0, 81)
    strain = -0.15 * (1.0 - np.cos(2.0 * np.pi * times))
    stress = uniaxial_over_time(LAW, SERIES, strain, times)
    cycle = specimen("cyclic", strain, stress, times, "uniaxial_compression")
    tests = noisy([*three_tests(LAW), cycle], 0.01, 1)
    return {test.kind: str(write_test(folder / test.name, test)) for test in tests}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_three_tests_to_record_and_picture(files, here, capsys):
    paths = [files[kind] for kind in ("uniaxial_compression", "simple_shear", "relaxation")]
    flags = ["--model", "hyperfoam-1", "--prony-times", "0.1,1,10", "--density-kg-m3", "150"]
    outputs = ["-o", "foam.toml", "--plot", "foam.png", "--family", "foam"]
    assert main(["materials", "fit", *paths, *flags, *outputs]) == 0
    said = capsys.readouterr().out
    assert "hyperfoam-1, fitted to 3 tests:" in said
    for word in ("shear_modulus_1", "95 % interval", "prony_weight_3", "R2", "RMS kPa"):
        assert word in said
    assert "compression: stable to 80 % and beyond, tested to 50 %" in said
    assert "intervals take samples for independent and the model for true" in said
    (record,) = read_file(here / "foam.toml")
    assert record.number("shear_modulus_1") == pytest.approx(0.3, rel=0.02)
    assert record.number("density") == pytest.approx(150e-12)
    assert sum(record.numbers("prony_weights")) == pytest.approx(0.45, abs=0.02)
    assert (here / "foam.png").read_bytes()[:4] == b"\x89PNG"
    assert not list(here.glob(".*"))
    assert main(["materials", "show", "foam.toml:foam", "-o", "shown.png"]) == 0
    assert "measured" in capsys.readouterr().out


def test_a_scenario_takes_the_fitted_material(files, here, capsys):
    assert main(["materials", "fit", files["uniaxial_compression"], "--model", "hyperfoam-1",
                 "-o", "foam.toml", "--name", "my_foam"]) == 0  # fmt: skip
    assert "no density is told: 200 kg/m3 is written" in capsys.readouterr().out
    settings = ["--set", "insole.material=my_foam", "--set", "insole.material_file=foam.toml"]
    assert main(["check", "standing", *settings]) == 0
    assert "my_foam" in capsys.readouterr().out


def test_chosen_times_and_loss_of_a_cycle(files, here, capsys):
    paths = [files[kind] for kind in ("uniaxial_compression", "cyclic")]
    assert main(["materials", "fit", *paths, "--model", "hyperfoam-1", "--prony", "2"]) == 0
    said = capsys.readouterr().out
    assert "relaxation times, s: " in said
    assert "cyclic.csv: a cycle loses" in said
    assert not list(here.iterdir())


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--model", "ogden"], "no model 'ogden'; did you mean 'ogden-3'? (allowed"),
        ([], "--model is missing"),
        (["--model", "ogden-1", "--poisson-ratio", "0.5"], "--poisson-ratio: Poisson's ratio must"),
        (["--model", "ogden-1", "--prony", "0"], "--prony: got 0; allowed: 1 to 8 terms"),
        (["--model", "ogden-1", "--prony", "x"], "--prony: got x; allowed: 1 to 8 terms"),
        (["--model", "ogden-1", "--prony", "2"], "a Prony series needs a test over time"),
        (["--model", "ogden-1", "--prony-times", "1;2"], "--prony-times: got '1;2'"),
        (["--model", "ogden-1", "--prony-times", "2,1"], "--prony-times: relaxation times must be"),
        (["--model", "ogden-1", "--prony", "2", "--prony-times", "1"], "not allowed with argument"),
        (["--model", "ogden-1", "--kind", "insoles"], "--kind: no 'insoles'; allowed: insole"),
        (["--model", "ogden-1", "--family", "foams"], "did you mean foam?"),
        (["--model", "ogden-1", "--density-kg-m3", "0.2"], "--density-kg-m3: got '0.2'"),
        (["--model", "ogden-1", "--density-kg-m3", "light"], "--density-kg-m3: got 'light'"),
        (["--model", "ogden-1", "--name", "sources"], "--name: got 'sources'"),
        (
            ["--model", "ogden-1", "--name", "eva_35", "-o", "foam.toml"],
            "--name: 'eva_35' is a name of the library; take another",
        ),
        (["--model", "ogden-1", "-o", "eva_35.toml"], "--name: 'eva_35' is a name of the library"),
        (["--model", "ogden-1", "-o", "foam.txt"], "-o: got 'foam.txt'; allowed: a file FILE.toml"),
        (["--model", "ogden-1", "--plot", "no/foam.png"], "--plot: no such folder"),
        (["--model", "ogden-1", "--prnoy", "2"], "no argument --prnoy"),
    ],
    ids=str,
)
def test_wrong_flags_write_nothing(files, here, capsys, flags, message):
    data = [files["uniaxial_compression"]]
    assert main(["materials", "fit", *data, "-o", "foam.toml", *flags]) == 2
    assert message in capsys.readouterr().err
    assert not list(here.iterdir())


def test_a_wrong_file_is_named(files, here, capsys):
    (here / "pad.csv").write_text("# test: cyclic\nstrain,stress_psi\n0,0\n", encoding="utf-8")
    assert main(["materials", "fit", files["simple_shear"], "pad.csv", "--model", "ogden-1"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("solespine: materials fit: pad.csv: line 2, column stress_psi: unknown")
    assert main(["materials", "fit", "gone.csv", "--model", "ogden-1"]) == 2
    assert "gone.csv: cannot be read" in capsys.readouterr().err


def test_a_disk_that_takes_nothing(files, here, capsys, monkeypatch):
    def full(*_arguments, **_keywords):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    flags = ["--model", "hyperfoam-1", "-o", "foam.toml"]
    assert main(["materials", "fit", files["uniaxial_compression"], *flags]) == 1
    assert "foam.toml: cannot be written: No space left on device" in capsys.readouterr().err


def test_shore(capsys):
    assert main(["materials", "shore", "35"]) == 0
    said = capsys.readouterr().out
    assert "Shore A 35: Young's modulus about 1.4 MPa" in said or "about 1.39 MPa" in said
    assert "rubber" in said
    for wrong in ("95", "soft", "nan"):
        assert main(["materials", "shore", wrong]) == 2
        assert "allowed: Shore A from 10 to 90" in capsys.readouterr().err


def test_picture_of_a_fit_in_shear_alone(here):
    from materials.fitting.fit import fit_tests
    from scenarios.figures.fit import save_fit_figure

    found = fit_tests(model_of("neo_hookean"), three_tests(LAW)[1:2])
    assert save_fit_figure(found, "x", here / "x.png").stat().st_size > 10_000
