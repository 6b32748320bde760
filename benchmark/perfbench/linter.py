"""Runs a linter in a folder and reads its SARIF."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterator, List, NamedTuple, Optional
from urllib.parse import unquote, urlsplit

from .problems import UsageError

OUTPUT, HERE = "{output}", "{here}"


class Finding(NamedTuple):
    """A result at its first location; lines count from 1, and `path` goes from the tree's root with slashes."""

    path: str
    rule: str
    first: int
    last: int


class LinterError(Exception):
    """The linter crashed, took too long, or wrote no SARIF; said in one line."""


class Linter:
    """A command that lints the folder it is started in and writes SARIF to standard output or to `{output}`."""

    def __init__(self, command: str, statuses: FrozenSet[int] = frozenset((0, 1)), seconds: float = 300) -> None:
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise UsageError(f"--command cannot be split into words: {error}") from None
        if not words:
            raise UsageError("--command is empty")
        here = os.getcwd()
        words = [word.replace(HERE, here) for word in words]
        program = shutil.which(words[0])
        if program is None:
            raise UsageError(f"{words[0]}: no such program; name the linter with --command")
        self.words = [os.path.abspath(program), *words[1:]]
        self.statuses, self.seconds = statuses, seconds

    def lint(self, tree: Path) -> List[Finding]:
        """All findings in the tree."""
        with tempfile.TemporaryDirectory(prefix="perfbench-") as scratch:
            output = Path(scratch, "output.sarif")
            words = [word.replace(OUTPUT, str(output)) for word in self.words]
            said, complained = Path(scratch, "stdout"), Path(scratch, "stderr")
            status = self._run(words, tree, said, complained)
            if status not in self.statuses:
                raise LinterError(f"exit status {status}: {_last_line(complained)}")
            source = output if words != self.words else said
            try:
                return list(findings(json.loads(source.read_bytes()), tree))
            except FileNotFoundError:
                raise LinterError(f"wrote no {OUTPUT} (exit status {status})") from None
            except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
                raise LinterError(f"no SARIF: {type(error).__name__}: {error}") from None

    def _run(self, words: List[str], tree: Path, said: Path, complained: Path) -> int:
        with said.open("wb") as stdout, complained.open("wb") as stderr:
            try:
                # A session of its own, so that a time limit ends what a wrapper has started as well.
                process = subprocess.Popen(words, cwd=tree, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True)
            except OSError as error:
                raise LinterError(f"cannot be started: {error}") from None
            try:
                return process.wait(self.seconds)
            except subprocess.TimeoutExpired:
                raise LinterError(f"no answer within {self.seconds:g} seconds") from None
            finally:
                if process.poll() is None:
                    _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "nothing on standard error"


def findings(log: Dict[str, Any], tree: Path) -> Iterator[Finding]:
    """The results of a SARIF 2.1.0 log that have a place and are not suppressed."""
    for run in log["runs"]:
        for result in run.get("results") or []:
            locations: List[Dict[str, Any]] = result.get("locations") or [{}]
            location = locations[0].get("physicalLocation")
            if location is None or _suppressed(result):
                continue
            region = location.get("region", {})
            first = region.get("startLine", 1)
            path = _path(location.get("artifactLocation", {}), run, tree)
            yield Finding(path, _rule(result, run), first, region.get("endLine", first))


def _suppressed(result: Dict[str, Any]) -> bool:
    return any(suppression.get("status", "accepted") == "accepted" for suppression in result.get("suppressions") or [])


def _rule(result: Dict[str, Any], run: Dict[str, Any]) -> str:
    """A result names its rule itself or points into the rules of the tool or of one of its extensions (SARIF 3.27.5 to 3.27.7)."""
    pointer = result.get("rule", {})
    rule: Optional[str] = result.get("ruleId", pointer.get("id"))
    if rule is not None:
        return rule
    index = result.get("ruleIndex", pointer.get("index"))
    if index is None:
        return ""
    component = pointer.get("toolComponent", {}).get("index")
    tool = run["tool"]["driver"] if component is None else run["tool"]["extensions"][component]
    named: str = tool["rules"][index]["id"]
    return named


def _path(artifact: Dict[str, Any], run: Dict[str, Any], tree: Path) -> str:
    """The path from the tree's root: SARIF has it percent-encoded, relative (to a base that may be named) or absolute."""
    uri = artifact.get("uri")
    if uri is None:
        # Only an index into the run's artifacts (SARIF 3.4.5).
        artifact = run["artifacts"][artifact["index"]]["location"]
        uri = artifact["uri"]
    base = run.get("originalUriBaseIds", {}).get(artifact.get("uriBaseId", ""), {}).get("uri", "")
    whole = uri if urlsplit(uri).scheme or uri.startswith("/") else base + uri
    parts = urlsplit(whole)
    if parts.scheme not in ("", "file"):
        return str(uri)
    # Some linters write paths as they are; one that exists is taken literally.
    literal = whole if not parts.scheme else whole[len("file://") :]
    for candidate in (literal, unquote(parts.path)):
        relative = _inside(candidate, tree)
        if (tree / relative).exists():
            return relative
    return relative


def _inside(path: str, tree: Path) -> str:
    """The path without the tree's folder, under whichever of its names (links in the way to it) it was written."""
    for folder in (str(tree), os.path.realpath(tree)):
        if path == folder or path.startswith(folder + "/"):
            path = path[len(folder) + 1 :]
            break
    return os.path.normpath(path).replace(os.sep, "/")
