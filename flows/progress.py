"""Progress of the steps of a run, shown where somebody is looking and silent everywhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich import progress as bars
from rich.console import Console


class Progress:
    """Shows each step of a run with the time it takes; draws nothing unless `console` is a terminal.

    Parameters
    ----------
    console
        Where to draw; standard error if None, so that what is printed on standard output stays clean.

    Examples
    --------
    >>> import io
    >>> with Progress(Console(file=io.StringIO())) as progress, progress.step("Weighing"):
    ...     progress.told("ratings", 1, 6)
    """

    def __init__(self, console: Console | None = None) -> None:
        console = console or Console(stderr=True)
        self._bars = bars.Progress(
            bars.SpinnerColumn(finished_text="✓"),
            bars.TextColumn("{task.description}"),
            bars.BarColumn(bar_width=24),
            bars.TextColumn("{task.fields[doing]}"),
            bars.TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._step: bars.TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    @contextmanager
    def step(self, description: str) -> Iterator[None]:
        """Show a step as running while the block runs."""
        self._step = self._bars.add_task(description, total=None, doing="")
        try:
            yield
            self._bars.update(self._step, total=1, completed=1, doing="")
        finally:
            self._bars.stop_task(self._step)
            self._step = None

    def told(self, doing: str, done: int, of: int) -> None:
        """Show what the present step is doing, how much of it is done and how much there is."""
        if self._step is not None:
            self._bars.update(self._step, doing=doing, completed=done, total=of)
