"""Settings: where they come from, which wins, and what is refused."""

from pathlib import Path

import pytest

from detectors.core.errors import MingchaError
from flows.settings import read_settings

QUERY = '{"source": "staff", "url": "sqlite://", "query": "select 1"}'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MINGCHA_HOME", str(tmp_path))
    return tmp_path


def test_a_flag_wins_over_the_environment_that_over_the_file_and_that_over_the_default(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_settings().window_months == 6

    (home / "mingcha.toml").write_text("window_months = 7\n", encoding="utf-8")
    assert read_settings().window_months == 7

    monkeypatch.setenv("MINGCHA_WINDOW_MONTHS", "8")
    assert read_settings().window_months == 8

    assert read_settings(window_months=9).window_months == 9


def test_the_file_of_the_home_that_a_flag_names_is_read(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "mingcha.toml").write_text('surveys = ["NPS"]\n[scales]\nNPS = [0, 10]\n', encoding="utf-8")

    settings = read_settings(home=other)

    assert (settings.surveys, settings.scales) == (("NPS",), {"NPS": (0, 10)})
    assert read_settings(home=home).surveys == ("SSI", "CSI")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("MINGCHA_QUARANTINE_THRESHOLD", "1.5", r"'quarantine_threshold'.*less than or equal to 1"),
        ("MINGCHA_WINDOW_MONTHS", "half a year", r"'window_months'.*MINGCHA_WINDOW_MONTHS"),
        ("MINGCHA_WINDOW_MONTH", "6", r"MINGCHA_WINDOW_MONTH, .*Did you mean MINGCHA_WINDOW_MONTHS\?"),
        ("MINGCHA_SCALES", '{"CSI": [10, 1]}', r"scale of CSI must go from its lowest"),
        ("MINGCHA_SCALES", "ten", r"settings cannot be read"),
        ("MINGCHA_PRIORS", '{"gifted": 0.1}', r"'priors"),
        ("MINGCHA_ITEMS", '{"wait": {"en": "Waiting", "zh": "等待"}}', r"'items"),
        ("MINGCHA_ITEMS", '{"q_wait": {"en": "Waiting"}}', r"'items\.q_wait\.zh'.*Field required"),
        ("MINGCHA_TABLES", '[{"source": "staff", "url": "sqlite://"}]', r"either table or query"),
        ("MINGCHA_TABLES", f"[{QUERY}, {QUERY}]", r"one query for a source is enough"),
    ],
)
@pytest.mark.usefixtures("home")
def test_what_cannot_be_is_refused_with_where_to_change_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(MingchaError, match=said):
        read_settings()


def test_broken_toml_is_said(home: Path) -> None:
    (home / "mingcha.toml").write_text("window_months = = 3", encoding="utf-8")

    with pytest.raises(MingchaError, match=r"settings cannot be read.*mingcha\.toml"):
        read_settings()


@pytest.mark.usefixtures("home")
def test_the_digest_follows_what_influences_a_result_and_neither_places_nor_secrets(tmp_path: Path) -> None:
    digest = read_settings().sha256()

    assert read_settings(home=tmp_path / "b", inbox=tmp_path, database_url="sqlite://", key="ab").sha256() == digest
    assert read_settings(items={"q_wait": {"en": "Waiting", "zh": "等待"}}).sha256() == digest
    assert read_settings(closing_months=3).sha256() != digest
    maps = tmp_path / "maps"
    maps.mkdir()
    (maps / "vendor.toml").write_text("", encoding="utf-8")
    assert read_settings(vendor_maps=maps).sha256() != digest


@pytest.mark.usefixtures("home")
def test_no_secret_is_shown_by_the_settings() -> None:
    settings = read_settings(database_url="postgresql://m:geheim@db/m", key="geheim", storage_options={"k": "geheim"})

    assert "geheim" not in repr(settings) + str(settings.influences())
    assert settings.database == "postgresql://m:geheim@db/m"
