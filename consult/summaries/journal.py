"""The journal of a run over many districts: what is done stands in it, so that a run that was killed goes on.

A line is written for each district when its files are whole and written down. Whoever begins again takes the districts
that are missing first; those that are done cost only the counting of their figures.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from consult.clock import now

FOLDER = "journal"


class Journal:
    """The journal of one period, edition and language. As a context manager it ends with what the run came to."""

    def __init__(self, shelf: Path, name: str) -> None:
        self.path = shelf / FOLDER / f"{name}.jsonl"
        self.done_before = _done(self.path)
        self._counts: dict[str, int] = {}
        self._file: TextIO | None = None

    def ordered(self, codes: Sequence[str]) -> list[str]:
        """Put the districts that a killed run did not come to before the others."""
        return sorted(codes, key=lambda code: code in self.done_before)

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("a" if self.done_before else "w", encoding="utf-8")
        self._note(begun=True)
        return self

    def note(self, code: str, outcome: str, **more: Any) -> None:
        """Write down what became of a district."""
        self._counts[outcome] = self._counts.get(outcome, 0) + 1
        self._note(code=code, outcome=outcome, **more)

    def _note(self, **line: Any) -> None:
        assert self._file is not None
        self._file.write(json.dumps({"at": now().isoformat(timespec="seconds"), **line}, ensure_ascii=False) + "\n")
        self._file.flush()

    def __exit__(
        self, kind: type[BaseException] | None, _problem: BaseException | None, _at: TracebackType | None
    ) -> None:
        assert self._file is not None
        if kind is None:
            self._note(ended=self._counts)
        self._file.close()


def _done(path: Path) -> frozenset[str]:
    """Give the districts that an unfinished run had done; none when the last run came to its end or there was none."""
    if not path.is_file():
        return frozenset()
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    entries = [json.loads(line) for line in lines]
    if not entries or "ended" in entries[-1]:
        return frozenset()
    return frozenset(entry["code"] for entry in entries if entry.get("outcome") in {"written", "unchanged"})
