"""Vendor maps."""

from pathlib import Path

import pytest

from detectors.core.errors import MingchaError
from flows.sources import load_vendor_maps
from flows.sources.parsed import NULL_SPELLINGS
from flows.sources.vendor_maps import map_for


def test_the_users_own_map_is_taken_before_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('file_pattern = "surveys_vendor_b_*"\n[columns]\ndealer_id = "店号"\n')
    own = map_for("surveys_vendor_b_1.csv", load_vendor_maps(tmp_path))
    shipped = map_for("surveys_vendor_b_1.csv", load_vendor_maps())
    assert (own.columns["dealer_id"], shipped.columns["dealer_id"]) == ("店号", "经销商代码")


def test_a_file_that_no_map_is_for_uses_our_own_names() -> None:
    assert map_for("surveys.csv", load_vendor_maps()).columns == {}


def test_values_are_mapped_by_column_or_by_family(tmp_path: Path) -> None:
    text = 'file_pattern = ["a*", "b*"]\n[values.survey]\n"销售" = "SSI"\n[values.q_]\n"满意" = 9\n'
    (tmp_path / "ours.toml").write_text(text)
    vendor_map = map_for("b.csv", load_vendor_maps(tmp_path))
    assert (vendor_map.values_of("survey"), vendor_map.values_of("q_x"), vendor_map.values_of("wave")) == (
        {"销售": "SSI"},
        {"满意": "9"},
        {},
    )


def test_the_map_that_the_documentation_shows_is_valid(tmp_path: Path) -> None:
    page = Path("docs/sources.md").read_text(encoding="utf-8")
    (tmp_path / "shown.toml").write_text(page.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    shown, shipped = load_vendor_maps(tmp_path)
    assert shown.columns.items() <= shipped.columns.items()
    assert (shown.file_pattern, shown.families, shown.constants) == (
        shipped.file_pattern,
        shipped.families,
        shipped.constants,
    )


def test_every_spelling_of_nothing_is_documented() -> None:
    page = Path("docs/sources.md").read_text(encoding="utf-8")
    distinct = {spelling.casefold() for spelling in NULL_SPELLINGS if spelling}
    assert {spelling for spelling in distinct if f"`{spelling}`" not in page.casefold()} == set()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file_pattern = ", "is not TOML in UTF-8"),
        ("[columns]", "file_pattern Field required"),
        ('file_pattern = "a"\ncolour = 1', "colour Extra inputs are not permitted"),
        ('file_pattern = "a"\n[columns]\ncolour = "色"', "no source has a column colour"),
        ('file_pattern = "a"\n[families]\nx_ = "色"', "no source has columns x_<code>"),
    ],
)
def test_a_map_that_is_not_valid_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "ours.toml").write_text(text)
    with pytest.raises(MingchaError) as refused:
        load_vendor_maps(tmp_path)
    assert "The vendor map ours.toml is not" in refused.value.what
    assert words in refused.value.what
