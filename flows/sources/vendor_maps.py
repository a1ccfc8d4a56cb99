"""Vendor maps: what a vendor calls our columns, in one small TOML file per vendor."""

import tomllib
from collections.abc import Sequence
from fnmatch import fnmatch
from importlib import resources
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from detectors.core.errors import MingchaError
from detectors.core.sources import SOURCES

_FAMILIES = frozenset(family.name for source in SOURCES.values() for family in source.families)


class VendorMap(BaseModel):
    """How the files of a vendor name their columns and values.

    Parameters
    ----------
    file_pattern
        Which files it is for: a shell pattern (``surveys_vendor_b_*``) on the file's name, in lower case, or several.
    columns
        The vendor's heading by our column.
    families
        The vendor's prefix by ours: ``{"q_": "评分_"}`` makes ``评分_态度`` the column ``q_态度``.
    values
        Our value by the vendor's, by our column or family: ``{"survey": {"销售": "SSI"}}``.
    constants
        Values of columns that the vendor's files do not have: ``{"vendor": "B"}``.

    Raises
    ------
    ValueError
        If it names a column that no source has.

    Examples
    --------
    >>> vendor_b = VendorMap(file_pattern="surveys_b_*", columns={"dealer_id": "经销商代码"}, families={"q_": "评分_"})
    >>> vendor_b.is_for("Surveys_B_2026-10.xlsx"), vendor_b.is_for("surveys_2026-10.csv")
    (True, False)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_pattern: tuple[str, ...]
    columns: dict[str, str] = Field(default_factory=dict)
    families: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)

    @field_validator("file_pattern", mode="before")
    @classmethod
    def _one_or_several(cls, pattern: object) -> object:
        return (pattern,) if isinstance(pattern, str) else pattern

    @field_validator("values", mode="before")
    @classmethod
    def _numbers_as_text(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        return {
            column: {key: str(ours) for key, ours in mapped.items()} if isinstance(mapped, dict) else mapped
            for column, mapped in values.items()
        }

    @model_validator(mode="after")
    def _names_our_columns(self) -> Self:
        named = {*self.columns, *self.constants, *(column for column in self.values if column not in _FAMILIES)}
        for name in sorted(named):
            if not any(source.column(name) for source in SOURCES.values()):
                raise ValueError(f"no source has a column {name}")
        for prefix in sorted(set(self.families) - _FAMILIES):
            raise ValueError(f"no source has columns {prefix}<code>")
        return self

    def is_for(self, file_name: str) -> bool:
        """Tell whether the map is for a file of that name."""
        return any(fnmatch(file_name.casefold(), pattern.casefold()) for pattern in self.file_pattern)

    def values_of(self, column: str) -> dict[str, str]:
        """Return our value by the vendor's, for a column or the family that it is a member of."""
        if column in self.values:
            return self.values[column]
        return next(
            (mapped for prefix, mapped in self.values.items() if prefix in _FAMILIES and column.startswith(prefix)), {}
        )


PLAIN = VendorMap(file_pattern=())
"""The map of files that use our own names."""


def load_vendor_maps(folder: Path | None = None) -> tuple[VendorMap, ...]:
    """Load the vendor maps, those of the user's own folder before those that are shipped.

    Parameters
    ----------
    folder
        The user's folder of ``.toml`` files; one that does not exist has none.

    Raises
    ------
    MingchaError
        If a file is not valid.

    Examples
    --------
    >>> map_for("surveys_vendor_b_2026-10.csv", load_vendor_maps()).columns["dealer_id"]
    '经销商代码'
    """
    own = sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else []
    shipped = resources.files("flows.sources") / "vendors"
    texts = [(path.name, path.read_bytes()) for path in own]
    texts += [(file.name, file.read_bytes()) for file in sorted(shipped.iterdir(), key=lambda file: file.name)]
    return tuple(_load(name, text) for name, text in texts if name.endswith(".toml"))


def map_for(file_name: str, vendor_maps: Sequence[VendorMap]) -> VendorMap:
    """Return the first map that is for a file of that name, or one that changes nothing."""
    return next((vendor_map for vendor_map in vendor_maps if vendor_map.is_for(file_name)), PLAIN)


def _load(name: str, text: bytes) -> VendorMap:
    remedy = "Correct it as docs/sources.md shows."
    try:
        return VendorMap.model_validate(tomllib.loads(text.decode("utf-8-sig")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise MingchaError(f"The vendor map {name} is not valid: {where} {first['msg']}.", remedy=remedy) from error
    except ValueError as error:
        raise MingchaError(f"The vendor map {name} is not TOML in UTF-8: {error}.", remedy=remedy) from error
