"""The settings: read once at the door, from flags, the environment and ``mingcha.toml``, then passed down."""

import hashlib
import json
import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from detectors.core.errors import MingchaError
from detectors.core.schemes import Scheme
from detectors.core.sources import SOURCES
from review.settings import ItemTitle

FILE_NAME = "mingcha.toml"
DEFAULT_HOME = Path("mingcha-home")

_PREFIX = "MINGCHA_"
_ONLY_WHERE = {
    "home",
    "database_url",
    "lake_url",
    "storage_options",
    "key",
    "inbox",
    "tables",
    "vendor_maps",
    "database_wait_s",
    "retries",
    "retry_delay_s",
    "public_url",
    "items",
    "allowed_hosts",
    "session_h",
    "idle_h",
    "oidc_issuer",
    "oidc_client_id",
    "oidc_client_secret",
    "oidc_new_people",
}

Share = Annotated[float, Field(ge=0, le=1)]
Probability = Annotated[float, Field(gt=0, lt=1)]


class TableSource(BaseModel):
    """A source that is read from a database and not from the inbox: a table, or the rows of a query."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    url: SecretStr
    table: str | None = None
    query: str | None = None

    @field_validator("source")
    @classmethod
    def _is_a_source(cls, source: str) -> str:
        if source not in SOURCES:
            raise ValueError(f"expected one of {', '.join(SOURCES)}")
        return source

    @model_validator(mode="after")
    def _names_rows_once(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("expected either table or query")
        return self


class Settings(BaseSettings):
    """What a run may be told; `docs/operating.md` lists every setting.

    Flags of the command win over ``MINGCHA_<NAME>`` in the environment, that over ``mingcha.toml`` in the home, that
    over the default.

    Examples
    --------
    >>> settings = Settings(home="somewhere", quarantine_threshold=0.2)
    >>> settings.quarantine_threshold, settings.window_months
    (0.2, 6)
    >>> settings.sha256() == Settings(home="elsewhere", quarantine_threshold=0.2).sha256()
    True
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    home: Path = Field(default=DEFAULT_HOME, description="holds the observations, the key, the logs and the reports")
    database_url: SecretStr | None = Field(
        default=None, description="SQLAlchemy URL of the decisions; SQLite `mingcha.db` in the home when not given"
    )
    lake_url: str | None = Field(
        default=None,
        description="URL of an object store (`s3://…`) for the observations; `lake` in the home when not given",
    )
    storage_options: dict[str, SecretStr] = Field(
        default_factory=dict, description="credentials and options of that object store, as deltalake names them"
    )
    key: SecretStr | None = Field(
        default=None,
        description="64 hexadecimal digits that make the tokens; the file `key` in the home when not given",
    )
    inbox: Path | None = Field(default=None, description="directory in which deliveries arrive")
    tables: tuple[TableSource, ...] = Field(
        default=(), description="sources behind a URL: list of `{source, url, table}` or `{source, url, query}`"
    )
    vendor_maps: Path | None = Field(
        default=None, description="directory of one TOML file per vendor's own headings, beside those that are shipped"
    )
    surveys: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("SSI", "CSI"), min_length=1, description="questionnaires allowed in `survey` (comma between them)"
    )
    scales: dict[str, tuple[int, int]] = Field(
        default_factory=dict, description="lowest and highest answer by questionnaire, where it is not 1 to 10"
    )
    window_months: int = Field(
        default=6, ge=1, le=240, description="months of the trailing window that evidence looks at"
    )
    closing_months: Literal[1, 2, 3, 4, 6, 12] = Field(default=1, description="months of a bonus period")
    quarantine_threshold: Share = Field(
        default=0.10, description="quarantined share of a source above which the run halts"
    )
    false_discovery_rate: Probability = Field(
        default=0.15, description="bound on the share of false findings (closed e-BH)"
    )
    priors: dict[Scheme, Probability] = Field(
        default_factory=dict, description="share of units that game a scheme before any evidence, by scheme"
    )
    database_wait_s: float = Field(default=60.0, ge=0, description="seconds to wait for another writer of the database")
    retries: int = Field(
        default=3, ge=0, le=20, description="how often a step is tried again after a fault that can pass"
    )
    retry_delay_s: float = Field(default=10.0, ge=0, description="seconds between such tries")

    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+/?$",
        description="address by which people reach the console, `https://…`",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="further names the console answers to (comma between them)"
    )
    items: dict[Annotated[str, Field(pattern=r"^(q|fact)_.")], ItemTitle] = Field(
        default_factory=dict, description="titles of rated items and facts in the console: `{en, zh}` by column"
    )
    session_h: float = Field(default=12, gt=0, le=168, description="hours after which a session ends, used or not")
    idle_h: float = Field(default=2, gt=0, le=168, description="hours without a page after which a session ends")
    oidc_issuer: str | None = Field(default=None, description="address of the OpenID Connect provider, if there is one")
    oidc_client_id: str | None = Field(default=None, description="how the console is registered there")
    oidc_client_secret: SecretStr | None = Field(
        default=None, validate_default=True, description="the secret that goes with it"
    )
    oidc_new_people: Literal["reviewer", "lead", "auditor", "admin"] | None = Field(
        default=None,
        description="role of who comes by single sign-on and has no account yet; refused if not given",
    )

    @field_validator("surveys", "allowed_hosts", mode="before")
    @classmethod
    def _split_on_commas(cls, names: object) -> object:
        return [name.strip() for name in names.split(",") if name.strip()] if isinstance(names, str) else names

    @field_validator("oidc_client_secret")
    @classmethod
    def _sign_on_is_whole(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        given = [info.data.get("oidc_issuer"), info.data.get("oidc_client_id"), secret]
        if any(given) and not all(given):
            raise ValueError("single sign-on needs oidc_issuer, oidc_client_id and oidc_client_secret")
        return secret

    @field_validator("scales")
    @classmethod
    def _scales_rise(cls, scales: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        for survey, (low, high) in scales.items():
            if low >= high:
                raise ValueError(f"the scale of {survey} must go from its lowest to its highest answer")
        return scales

    @field_validator("tables")
    @classmethod
    def _tables_have_names(cls, tables: tuple[TableSource, ...]) -> tuple[TableSource, ...]:
        names = [table.table or f"query:{table.source}" for table in tables]
        if len(set(names)) < len(names):
            raise ValueError("one query for a source is enough: put several together with union all")
        return tables

    @classmethod
    def settings_customise_sources(  # noqa: D102 (pydantic-settings' own hook)
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        flags = init_settings.init_kwargs if isinstance(init_settings, InitSettingsSource) else {}
        home = Path(flags.get("home") or os.environ.get(f"{_PREFIX}HOME") or DEFAULT_HOME)
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, home / FILE_NAME)

    def influences(self) -> dict[str, Any]:
        """Return what influences a result, ready for JSON: no secret, no place.

        The vendors' heading maps count with their content.
        """
        told = self.model_dump(mode="json", exclude=_ONLY_WHERE)
        maps = sorted(self.vendor_maps.glob("*.toml")) if self.vendor_maps else []
        return told | {
            "surveys": sorted(told["surveys"]),
            "vendor_maps": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in maps},
        }

    def sha256(self) -> str:
        """Return the digest of what influences a result."""
        told = json.dumps(self.influences(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def database(self) -> str:
        """The URL of the decisions, password and all: hand it to the engine and nowhere else."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.home / 'mingcha.db').absolute()}"

    @property
    def lake(self) -> Path | str:
        """Where the observations are: a folder, or the URL of an object store."""
        return self.lake_url or (self.home / "lake").absolute()

    @property
    def key_file(self) -> Path:
        """Where the key is kept, unless the settings hold it."""
        return self.home / "key"

    @property
    def key_digits(self) -> str | None:
        """The key: hand it to the lake and nowhere else."""
        return self.key.get_secret_value() if self.key else None

    @property
    def anchors(self) -> Path:
        """Where the heads of the event log are kept, outside the database."""
        return self.home / "anchors.tsv"

    @property
    def storage(self) -> dict[str, str] | None:
        """The object store's credentials and options: hand them to the lake and nowhere else."""
        return {name: value.get_secret_value() for name, value in self.storage_options.items()} or None


def read_settings(**flags: Any) -> Settings:
    """Read the settings; a flag that is None was not given.

    Raises
    ------
    MingchaError
        A setting is unknown or has a value that it cannot have.
    """
    try:
        settings = Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise _wrong(first["loc"], first["type"], first["msg"]) from None
    except ValueError as error:  # broken TOML, or JSON in a variable
        raise MingchaError(
            f"The settings cannot be read: {str(error).splitlines()[0]}.",
            remedy=f"Mend {FILE_NAME} in the home, or the {_PREFIX}… variable it names.",
        ) from None
    _refuse_unknown_variables()
    return settings


def _wrong(where: tuple[int | str, ...], kind: str, message: str) -> MingchaError:
    name = str(where[0])
    if kind == "extra_forbidden" and len(where) == 1:
        near = get_close_matches(name, Settings.model_fields, n=1)
        return MingchaError(
            f"{FILE_NAME} has the setting {name!r}, which Mingcha does not know.",
            remedy=f"Did you mean {near[0]!r}?" if near else "docs/operating.md lists every setting.",
        )
    place = ".".join(str(part) for part in where)
    return MingchaError(
        f"The setting {place!r} has a value that it cannot have: {message}.",
        remedy=f"Change it in {FILE_NAME} in the home, in {_PREFIX}{name.upper()} or on the command line.",
    )


def _refuse_unknown_variables() -> None:
    known = [_PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        if name.startswith(_PREFIX) and name not in known:
            near = get_close_matches(name, known, n=1)
            raise MingchaError(
                f"The environment has {name}, which Mingcha does not know.",
                remedy=f"Did you mean {near[0]}?" if near else "docs/operating.md lists every setting.",
            )
