"""How far the run is: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
from types import TracebackType

from kpilib.monthly.job import Job, Outcome


class Progress:
    """Tells of every notebook as it ends, on the error stream, which is not the output.

    Parameters
    ----------
    total : int
        How many notebooks will run, one a language.
    """

    def __init__(self, total: int) -> None:
        self.total, self.done, self.bar = total, 0, None
        if sys.stderr.isatty():
            from tqdm import tqdm

            self.bar = tqdm(total=total, unit="page", leave=False)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.bar is not None:
            self.bar.close()

    def tell(self, job: Job, outcome: Outcome) -> None:
        """Tell that a notebook has ended."""
        self.done += 1
        state = "ok" if outcome.ok else f"FAILED: {outcome.reason[0].format(**outcome.reason[1])}"
        seconds = outcome.seconds.get("notebook", 0) + outcome.seconds.get("page", 0)
        line = f"[{self.done}/{self.total}] {job.topic} {job.lang}: {state} ({seconds:.1f} s)"
        if self.bar is None:
            print(line, file=sys.stderr, flush=True)
        else:
            self.bar.update()
            if not outcome.ok:
                self.bar.write(line, file=sys.stderr)
