# SPDX-License-Identifier: MIT
"""The command ``materials``: search, one material in full, its picture, a user's own file."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib import image
from matplotlib.figure import Figure

from materials import build, library
from scenarios.cli import main
from scenarios.figures import style
from scenarios.figures.material import material_figure
from scenarios.material_search import cycle_loss, figures_of, found, wanted
from tests.helpers.own_material import write_own

ANY = (None, None, None, None, None)


def names(**flags: str) -> list[str]:
    order = ("kind", "family", "shore_a", "density_kg_m3", "modulus_mpa")
    return [record.name for record, _ in found(wanted(*(flags.get(key) for key in order)))]


def test_all_are_found_and_insole_materials_first() -> None:
    listed = [record.name for record, _ in found(wanted(*ANY))]
    besides = {*library.names("friction"), *library.names("wear")}
    assert set(listed) == set(library.names()) - besides
    assert names(kind="friction") == list(library.names("friction"))
    assert set(listed[: len(library.names("insole"))]) == set(library.names("insole"))


def test_kind_takes_kinds_and_families() -> None:
    assert names(kind="tissue") == list(library.names("tissue"))
    foams = names(kind="foam")
    assert "eva_35" in foams and "silicone_gel" not in foams
    assert names(family="gel") == names(kind="gel", family="gel")
    assert names(kind="tissue", family="gel") == []


def test_ranges_take_their_ends_and_leave_out_what_has_no_figure() -> None:
    assert set(names(shore_a="22.5:37.5", kind="foam")) == {
        *("eva_20", "eva_35", "eva_midsole", "etpu_foam"),
    }
    assert "eva_20" not in names(shore_a="23:")
    assert "eva_65" not in names(shore_a=":60") and "eva_20" in names(shore_a=":60")
    assert "plastazote_33" in names(density_kg_m3=":40")
    stiff = names(modulus_mpa="20000:", kind="insole")
    assert set(stiff) == {"carbon", "glass_epoxy"}


def test_a_loss_of_energy_by_the_closed_form() -> None:
    """Against stepping through one cycle of an oscillation about its mean."""
    series = build.series_of(library.load("poron_soft"))
    assert series is not None
    modulus = complex(series.complex_ratio(1.0))
    phase = np.linspace(0.0, 2.0 * math.pi, 20_001)
    strain = 0.5 * (1.0 - np.cos(phase))
    stress = 0.5 - 0.5 * np.real(modulus * np.exp(1j * phase))
    work = 0.5 * (stress[1:] + stress[:-1]) * np.diff(strain)
    loading, unloading = work[:10_000].sum(), -work[10_000:].sum()
    share = (loading - unloading) / loading
    assert cycle_loss(modulus.imag) == pytest.approx(share, rel=1e-6)
    assert cycle_loss(0.0) == 0.0


def test_figures_of_a_material() -> None:
    figures = figures_of(library.load("eva_35"))
    assert figures.hardness_shore_a == 37.5
    assert figures.modulus_mpa == pytest.approx(2.071, abs=0.001)
    assert figures.density_kg_m3 == pytest.approx(190.0)
    assert figures_of(library.load("achilles")).modulus_mpa is None
    assert figures_of(library.load("polypropylene")).loss is None


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["materials", "list", "--kind", "foam", "--shore-a", "20:40"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == "name family Shore A E0 MPa kg/m3 loss % status".split()
    row = next(line for line in lines if line.startswith("eva_35 "))
    assert row.split() == ["eva_35", "foam", "37.5", "2.07", "190", "30", "engineering", "default"]
    assert main(["materials", "list", "--kind", "gel"]) == 0
    assert "OO 20" in capsys.readouterr().out
    assert main(["materials", "list", "--kind", "foam", "--density-kg-m3", "1:2"]) == 0
    assert capsys.readouterr().out == "no material is like that\n"


WRONG = [
    (["list", "--kind", "foams"], ["--kind: no kind or family 'foams'", "did you mean foam?"]),
    (["list", "--family", "tissue"], ["--family: no family 'tissue'", "elastomer"]),
    (["list", "--shore-a", "40:20"], ["--shore-a: got '40:20'", "20:40"]),
    (["list", "--shore-a", "20"], ["--shore-a: got '20'", "A:B"]),
    (["list", "--shore-a", ":"], ["--shore-a: got ':'"]),
    (["list", "--density-kg-m3", "a:b"], ["--density-kg-m3: got 'a:b'"]),
    (["list", "--modulus-mpa", "nan:2"], ["--modulus-mpa: got 'nan:2'"]),
    (["list", "--modulus-mpa", "1:2:3"], ["--modulus-mpa: got '1:2:3'"]),
    (["list", "--file", "nowhere.toml"], ["nowhere.toml: cannot be read"]),
    (["show", "eva35"], ["no material 'eva35'", "did you mean eva_35?"]),
    (["show", "my.toml:your_foam"], ["my.toml: no material 'your_foam'", "did you mean my_foam?"]),
    (["show", "your.toml:my_foam"], ["your.toml: cannot be read"]),
    (["show", "eva_35", "-o", "picture.jpg"], ["-o: got 'picture.jpg'", "FILE.png"]),
    (["show", "eva_35", "-o", "nowhere/p.png"], ["-o: no such folder: nowhere"]),
    (["show", "eva_35", "-o", "folder.png"], ["-o: folder.png is a folder"]),
    (["show", "achilles", "-o", "p.png"], ["achilles is no solid"]),
    (["show", "clash.toml:eva_35"], ["eva_35: is a name of the library"]),
    (["show", "band.toml:my_foam"], ["is not the law of a solid"]),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_own(tmp_path)
    write_own(tmp_path, "[my_foam]", "[eva_35]", name="clash.toml")
    text = (tmp_path / "my.toml").read_text().replace("compressible_neo_hookean", "fluid")
    ratio = next(line for line in text.splitlines() if line.startswith("poisson_ratio"))
    modulus = next(line for line in text.splitlines() if line.startswith("young_modulus"))
    text = text.replace(ratio, "").replace(modulus, modulus.replace("young", "bulk"))
    (tmp_path / "band.toml").write_text(text)
    (tmp_path / "folder.png").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_wrong_input_is_one_line_and_no_picture(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    before = sorted(folder.rglob("*"))
    assert main(["materials", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and error.startswith("solespine: ")
    for word in words:
        assert word in error
    assert sorted(folder.rglob("*")) == before


def test_show_derives_and_draws(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["materials", "show", "eva_35"]) == 0
    shown = capsys.readouterr().out
    for words in (
        "Young's modulus at small strain  2.071 MPa",
        "stress at 50 % compression       446.4 kPa",
        "sum of the Prony weights         0.51",
        "sudden over long-term stiffness  2.04",
        "loss factor at 1 Hz              0.164",
        "loss factor at 10 Hz             0.142",
        "picture: eva_35.png",
    ):
        assert words in shown, words
    pixels = image.imread(folder / "eva_35.png")
    assert pixels.shape[0] > 600 and pixels.shape[1] > 1000
    assert pixels[..., :3].std() > 0.05


def test_stress_beyond_the_range_is_marked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["materials", "show", "skin", "-o", "other.png"]) == 0
    lines = capsys.readouterr().out.splitlines()
    beyond = [line for line in lines if "beyond the range" in line]
    assert len(beyond) == 1 and "50 %" in beyond[0]
    assert (folder / "other.png").is_file() and not (folder / "skin.png").exists()


def test_a_band_is_shown_without_a_picture(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["materials", "show", "achilles"]) == 0
    assert "picture" not in capsys.readouterr().out
    assert not (folder / "achilles.png").exists()


def test_own_files_are_listed_and_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["my.toml:my_foam"], ["my_foam", "--file", "my.toml"]):
        assert main(["materials", "show", *arguments]) == 0
        shown = capsys.readouterr().out
        assert "my_foam: Foam of the workshop" in shown
        assert (folder / "my_foam.png").is_file()
    assert main(["materials", "list", "--file", "my.toml", "--shore-a", "28:28"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:4] == ["my_foam", "foam", "28", "0.5"]


def drawn(name: str) -> Figure:
    record = library.load(name)
    with style.paper():
        return material_figure(record, build.law_of(record), build.series_of(record))


@pytest.mark.parametrize("name", ["heel_pad_lemmon", "foot_tissue_petre", "silicone_gel", "carbon"])
def test_every_kind_of_law_is_drawn(name: str) -> None:
    figure = drawn(name)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["Compression", "Tension", "Shear", "Relaxation after a sudden step"]
    for axes in figure.axes[:3]:
        heights = axes.lines[0].get_ydata()
        assert np.isfinite(heights).all() and np.all(np.diff(heights) > 0.0)


def test_the_picture_shows_the_points_and_the_range_of_the_record() -> None:
    figure = drawn("eva_35")
    compression, relaxation = figure.axes[0], figure.axes[3]
    points = next(line for line in compression.lines if line.get_label().startswith("test points"))
    assert list(points.get_xdata()) == pytest.approx([5, 10, 25, 50, 70])
    curve = compression.lines[0]
    read = np.interp(points.get_xdata(), curve.get_xdata(), curve.get_ydata())
    np.testing.assert_allclose(read, points.get_ydata(), rtol=0.1)
    (shade,) = compression.patches
    assert shade.get_x() + shade.get_width() == pytest.approx(70.0)
    over = relaxation.lines[0].get_ydata()
    assert over[0] == pytest.approx(1.0 / 0.49, rel=0.01) and over[-1] == pytest.approx(
        1.0, rel=1e-3
    )
