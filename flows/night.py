"""What a night knows from beginning to end: its settings, its name, its clock, and where it keeps things."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from flows import __version__
from flows.progress import Progress
from flows.settings import Settings
from sql.runs import RunFacts
from sql.store import Store
from sql.times import now

_ROOMS = ("detectors", "expectations", "flows", "lake", "sql")


@dataclass(frozen=True)
class Night:
    """One nightly run.

    Parameters
    ----------
    settings
        As they were at the door.
    store
        The decisions.
    asked_date
        The business date that was asked for, or None.
    started_at
        When the run began, in Shanghai.
    run_id
        Its name: when it began, and four random bytes.
    progress
        Told what is being done.
    """

    settings: Settings
    store: Store
    asked_date: date | None
    started_at: datetime
    run_id: str
    progress: Progress

    @classmethod
    def begin(cls, settings: Settings, store: Store, asked_date: date | None, progress: Progress) -> "Night":
        """Name a run and start its clock."""
        started_at = now()
        run_id = f"{started_at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        return cls(settings, store, asked_date, started_at, run_id, progress)

    @property
    def today(self) -> date:
        """The calendar day in Shanghai."""
        return self.started_at.date()

    @property
    def report_page(self) -> Path:
        """Where the validation report goes."""
        return self.settings.home / "reports" / f"{self.run_id}.html"

    @property
    def log(self) -> Path:
        """Where the log goes."""
        return self.settings.home / "logs" / f"{self.run_id}.jsonl"

    def facts(self, business_date: date, fingerprint: str, table_versions: Mapping[str, int] | None = None) -> RunFacts:
        """Return what is known of the run, now that it ends.

        The versions of all tables it read stand beside the settings, so that it can be run again on what it saw.
        """
        return RunFacts(
            run_id=self.run_id,
            business_date=business_date,
            started_at=self.started_at,
            finished_at=now(),
            code_version=code_version(),
            settings_sha256=self.settings.sha256(),
            settings_json=json.dumps(
                self.settings.influences() | {"table_versions": dict(table_versions or {})}, sort_keys=True
            ),
            fingerprint=fingerprint,
        )


@cache
def code_version() -> str:
    """Return the release and a digest of the source that runs, so that a changed checkout has another version."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    files = [path for room in _ROOMS for path in (root / room).rglob("*") if path.suffix in {".py", ".sql", ".toml"}]
    for path in sorted(files):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"
