"""What the console is told when it starts."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from review.security.permissions import Role


class SingleSignOn(BaseModel):
    """An OpenID Connect provider that vouches for people.

    Parameters
    ----------
    issuer
        Its address; ``/.well-known/openid-configuration`` is looked up below it.
    client_id, client_secret
        How the console is registered there.
    new_people
        The role of somebody the provider vouches for and the console does not know; such people are refused if None.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    client_id: str
    client_secret: SecretStr
    new_people: Role | None = None


class ItemTitle(BaseModel):
    """What a rated item or a fact is called, in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class ReviewSettings(BaseModel):
    """Where things are and how the console is reached.

    Parameters
    ----------
    database_url
        SQLAlchemy URL of the decisions.
    home
        Holds reports, anchors and the key; what the console works out once is kept in ``cache`` below it.
    lake, storage
        Where the observations are, and the object store's options.
    key
        The key that makes the tokens, if the settings hold it; the file ``key`` in the home otherwise.
    public_url
        The address people type, ``https://…`` behind a proxy. None: only names of this machine are answered.
    allowed_hosts
        Further names the console answers to.
    session_h, idle_h
        Hours after which a session ends, at the latest and when nobody used it.
    single_sign_on
        The provider, if there is one.
    items
        Titles of rated items and facts by column, ``q_attitude`` or ``fact_car_washed``; the code is shown of others.

    Examples
    --------
    >>> settings = ReviewSettings(database_url="sqlite:///m.db", home=".", public_url="https://mingcha.example/")
    >>> settings.secure, settings.host
    (True, 'mingcha.example')
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    database_url: SecretStr
    home: Path
    lake: Path | str | None = None
    storage: dict[str, SecretStr] = Field(default_factory=dict)
    key: SecretStr | None = None
    public_url: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    session_h: float = Field(default=12, gt=0)
    idle_h: float = Field(default=2, gt=0)
    single_sign_on: SingleSignOn | None = None
    database_wait_s: float = Field(default=10, ge=0)
    items: dict[str, ItemTitle] = Field(default_factory=dict)

    @property
    def secure(self) -> bool:
        """Whether people reach the console through HTTPS."""
        return self.public_url is not None and urlsplit(self.public_url).scheme == "https"

    @property
    def host(self) -> str | None:
        """The name in the public address."""
        return urlsplit(self.public_url).hostname if self.public_url else None

    @property
    def session_length(self) -> timedelta:
        """After how long a session ends at the latest."""
        return timedelta(hours=self.session_h)

    @property
    def idle_length(self) -> timedelta:
        """After how long without use a session ends."""
        return timedelta(hours=self.idle_h)

    @property
    def sees_no_key(self) -> bool:
        """Whether there are observations in the home, but no key that their tokens were made with."""
        lake = self.home / "lake" if self.lake is None else self.lake
        there = isinstance(lake, Path) and lake.is_dir() and any(lake.iterdir())
        return there and self.key is None and not (self.home / "key").exists()

    @property
    def cache(self) -> Path:
        """Where what is worked out once is kept."""
        return self.home / "cache"
