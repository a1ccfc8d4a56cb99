import base64
import hmac
import pickle
import stat
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake import Key, KeyInvalid, KeyLost, land
from tests.lake.deliveries import KEY, surveys

SECRET = bytes(range(32))


@settings(deadline=None)  # a busy machine is not a failure
@given(st.lists(st.none() | st.text(), max_size=20), st.sampled_from(["phone", "vin", "customer_id"]))
def test_a_token_is_the_first_16_characters_of_the_hmac_of_kind_and_value(values: list[str | None], kind: str) -> None:
    expected = [
        None
        if value is None
        else base64.urlsafe_b64encode(hmac.digest(SECRET, f"{kind}:{value}".encode(), "sha256")).decode()[:16]
        for value in values
    ]
    assert KEY.tokens(kind, pa.array(values, pa.string())).to_pylist() == expected


@settings(deadline=None)
@given(st.lists(st.lists(st.none() | st.sampled_from("abcdefgh"), max_size=12), max_size=5))
def test_a_remembered_token_is_the_token_made_anew(sources: list[list[str | None]]) -> None:
    arrays = [pa.array(values, pa.large_string()) for values in sources]
    with KEY.remembering():
        remembered = [KEY.tokens("vin", values) for values in arrays]
        of_another_kind = [KEY.tokens("phone", values) for values in arrays]
    assert remembered == [KEY.tokens("vin", values) for values in arrays]
    assert of_another_kind == [KEY.tokens("phone", values) for values in arrays]


def test_nothing_is_remembered_after_the_block() -> None:
    with KEY.remembering():
        KEY.tokens("phone", pa.array(["13812345678"]))
    assert KEY._remembered is None


def test_the_key_file_is_made_on_first_use_for_its_owner_alone_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "home" / "key"
    first = Key.load(path, None, lake=tmp_path / "lake")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(path.read_text())) == 32
    assert list(path.parent.iterdir()) == [path]
    assert Key.load(path, None, lake=tmp_path / "lake").fingerprint == first.fingerprint


def test_the_environment_goes_before_the_file_and_makes_none(tmp_path: Path) -> None:
    key = Key.load(tmp_path / "key", SECRET.hex(), lake=tmp_path / "lake")
    assert key.fingerprint == KEY.fingerprint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("found", ["", "00" * 31, "zz" * 32, "密" * 64])
def test_what_is_not_a_key_is_refused_without_being_shown(tmp_path: Path, found: str) -> None:
    (tmp_path / "key").write_text(found, encoding="utf-8")
    for path, environment in ((tmp_path / "key", None), (tmp_path / "none", found)):
        with pytest.raises(KeyInvalid, match="hexadecimal digits") as error:
            Key.load(path, environment, lake=tmp_path / "lake")
        assert not found or found not in str(error.value)


def test_a_lake_with_tables_never_gets_a_new_key(tmp_path: Path) -> None:
    path, lake = tmp_path / "key", tmp_path / "lake"
    land(lake, "surveys", surveys("a.csv", ("R1", "2026-10-01", 9.0)), Key.load(path, None, lake=lake))
    path.unlink()
    with pytest.raises(KeyLost, match=r"key is gone, but .*surveys.*Restore the file"):
        Key.load(path, None, lake=lake)
    assert not path.exists()


def test_a_folder_where_no_file_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeyInvalid, match=r"file/home/key cannot be used: Not a directory"):
        Key.load(tmp_path / "file" / "home" / "key", None, lake=tmp_path / "lake")


def test_no_text_or_pickle_of_a_key_holds_it() -> None:
    assert SECRET.hex() not in f"{KEY!r} {KEY} {vars(KEY)}"
    assert SECRET not in [value for value in vars(KEY).values() if isinstance(value, bytes)]
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(KEY)
