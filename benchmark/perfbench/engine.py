"""A run: fill the cache, lint each tree once, score every row."""

from __future__ import annotations

import concurrent.futures
import sys
import tempfile
import threading
from pathlib import Path
from typing import Dict, Iterable, List, Optional, Set, Tuple

from .linter import Finding, Linter, LinterError
from .repositories import Absent, Repositories
from .rows import FIXES, Row, Rules, commits, places
from .scoring import ABSENT, ERROR, Result, score_fix, score_site

FETCHES_AT_ONCE = 4
"""Public servers turn away who asks for much more."""

Place = Tuple[str, str, str]
"""A repository, a commit of it, and a path that rows name there."""
Tree = Tuple[str, str, Optional[str]]
"""A commit, and the one file that is written of it; None for the whole tree."""


class Progress:
    """Notes on standard error; counting is only for a terminal, where the line is written over."""

    def __init__(self) -> None:
        self.lock, self.counts = threading.Lock(), sys.stderr.isatty()

    def count(self, what: str, done: int, whole: int) -> None:
        """How far the run is."""
        if self.counts:
            with self.lock:
                print(f"\r{what} {done}/{whole}", end="\n" if done == whole else "", file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        """Something to be known that does not end the run."""
        with self.lock:
            print(("\r" if self.counts else "") + text, file=sys.stderr, flush=True)


def fill(repositories: Repositories, needed: Dict[str, Dict[str, Set[str]]], whole: bool, progress: Progress) -> Dict[Place, str]:
    """Fill the cache with all that is needed, and give the reasons for what is absent of what rows name."""
    absent: Dict[Place, str] = {}
    with concurrent.futures.ThreadPoolExecutor(FETCHES_AT_ONCE) as pool:
        tasks = {pool.submit(repositories.fill, repo, of, whole): repo for repo, of in sorted(needed.items())}
        for done, task in enumerate(concurrent.futures.as_completed(tasks), 1):
            repo, filled = tasks[task], task.result()
            by_reason: Dict[str, Set[str]] = {}
            for (commit, path), reason in filled.absent.items():
                absent[repo, commit, path] = reason
                by_reason.setdefault(reason, set()).add(commit)
            for reason, commits_of in sorted(by_reason.items()):
                progress.note(f"absent: {repo}: {len(commits_of)} of {len(needed[repo])} commits: {reason}")
            if filled.lacking:
                progress.note(f"incomplete: {repo}: {filled.lacking} files are not to be had and left out")
            progress.count("repositories", done, len(tasks))
    return absent


class Trees:
    """The findings of trees, each of which is linted once however many rows are in it."""

    def __init__(self, repositories: Repositories, linter: Linter, named: Dict[str, Dict[str, Set[str]]]) -> None:
        self.repositories, self.linter, self.named = repositories, linter, named
        self.lock = threading.Lock()
        self.known: Dict[Tree, concurrent.futures.Future[List[Finding]]] = {}

    def findings(self, repo: str, commit: str, file: Optional[str]) -> List[Finding]:
        """The findings in the files that rows name; LinterError or Absent, also for whoever asks again."""
        with self.lock:
            answer = self.known.get((repo, commit, file))
            mine = answer is None
            if answer is None:
                answer = self.known[repo, commit, file] = concurrent.futures.Future()
        if mine:
            try:
                answer.set_result(self._lint(repo, commit, file))
            except BaseException as problem:
                answer.set_exception(problem)
        return answer.result()

    def _lint(self, repo: str, commit: str, file: Optional[str]) -> List[Finding]:
        paths = self.named[repo][commit] if file is None else {file}
        with tempfile.TemporaryDirectory(prefix="perfbench-") as folder:
            self.repositories.write(repo, commit, paths, file is None, Path(folder))
            return [finding for finding in self.linter.lint(Path(folder)) if finding.path in paths]


def run(part: str, rows: Iterable[Row], repositories: Repositories, linter: Linter, rules: Rules, whole: bool, jobs: int) -> List[Result]:
    """The outcome of every row, in the order of the rows."""
    rows = list(rows)
    needed = commits(part, rows)
    progress = Progress()
    absent = fill(repositories, needed, whole, progress)
    trees = Trees(repositories, linter, needed)

    def score(row: Row) -> Result:
        reasons = [absent[place] for place in ((row["repo"], *place) for place in places(part, row)) if place in absent]
        if reasons:
            return Result(row, ABSENT, reasons[:1])
        try:
            return _score(part, row, trees, rules, whole)
        except LinterError as problem:
            return Result(row, ERROR, [str(problem)])
        except Absent as problem:
            return Result(row, ABSENT, [str(problem)])
        except OSError as problem:
            return Result(row, ERROR, [f"the tree cannot be written: {problem}"])

    # Rows of one repository follow each other, so that the system still has its objects in memory.
    order = sorted(range(len(rows)), key=lambda index: (rows[index]["repo"], index))
    results: Dict[int, Result] = {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        tasks = {pool.submit(score, rows[index]): index for index in order}
        try:
            for done, task in enumerate(concurrent.futures.as_completed(tasks), 1):
                results[tasks[task]] = task.result()
                progress.count("rows", done, len(tasks))
        except BaseException:
            for task in tasks:
                task.cancel()
            raise
    return [results[index] for index in range(len(rows))]


def _score(part: str, row: Row, trees: Trees, rules: Rules, whole: bool) -> Result:
    def found(commit: str, path: str) -> List[Finding]:
        return trees.findings(row["repo"], commit, None if whole else path)

    if part == FIXES:
        return score_fix(row, found(row["before"], row["path"]), lambda: found(row["fix"], row["path_after"]), rules)
    return score_site(row, found(row["commit"], row["path"]), rules)
