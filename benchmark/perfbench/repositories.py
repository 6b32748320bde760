"""Fetches the commits that rows name into a cache of partial clones, and writes a commit's files to a folder.

The cache holds one bare repository per project, at OWNER/NAME. A fetch asks for the named commits alone, without history
and without file contents (`--depth 1 --filter=blob:none`), then in one request for the contents of the files that a run
needs. A server that knows no filters sends all contents; that costs time and room, nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

FETCH_SECONDS = 1800
FETCH = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none"]
FETCH_CONTENTS = ["-c", "fetch.negotiationAlgorithm=noop", *FETCH, "--recurse-submodules=no", "origin"]
SUFFIXES = (
    ".py",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".ts",
    ".mts",
    ".cts",
    ".tsx",
    ".rs",
    ".sql",
    ".prisma",
    ".html",
    ".jinja",
    ".j2",
    ".toml",
)
NAMES = frozenset(("package.json", "tsconfig.json", "requirements.txt", "setup.cfg", "Pipfile"))
# Neither questions at the terminal, nor a request for each missing file: what is missing is asked for at once.
ENVIRONMENT = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
for _variable in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
    ENVIRONMENT.pop(_variable, None)  # Set where a git hook runs this; they would lead into that repository.


class Absent(Exception):
    """A repository or commit that is neither in the cache nor to be had; said in one line."""


class Blob(NamedTuple):
    """A regular file of a tree: the id of its content and its path."""

    id: str
    path: str


def default_cache() -> Path:
    """A folder in the place where the system keeps what can be made again."""
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA", str(Path.home())))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "perflint-benchmark"


def is_source(path: str) -> bool:
    """Whether a file is one that the linters of these languages read: sources, templates, manifests."""
    return path.endswith(SUFFIXES) or path.rsplit("/", 1)[-1] in NAMES


class Filled(NamedTuple):
    """What could not be had: why, for each commit and path that rows name, and how many files of all."""

    absent: Dict[Tuple[str, str], str]
    lacking: int


class Repositories:
    """The cache and where it is filled from."""

    def __init__(self, cache: Path, remote: str, offline: bool = False, every_file: bool = False) -> None:
        self.cache, self.offline, self.every_file = cache, offline, every_file
        self.remote = remote if remote.endswith("/") else remote + "/"

    def fill(self, repo: str, needed: Dict[str, Set[str]], whole: bool = True) -> Filled:
        """Get the commits (the keys, each with the paths that rows name there) and the files that a run needs of them."""
        folder = self.cache / repo
        try:
            if not self.offline:
                self._prepare(repo, folder)
            elif not folder.is_dir():
                raise Absent("not in the cache")
            gone = self._get_commits(folder, sorted(needed))
            trees = {commit: self._wanted(folder, commit, paths, whole) for commit, paths in needed.items() if commit not in gone}
            wanted = {blob.id for tree in trees.values() for blob in tree}
            lacking = _missing(folder, wanted)
            if lacking and not self.offline:
                _fetch_contents(folder, sorted(lacking))
                lacking = _missing(folder, wanted)
        except Absent as problem:
            return Filled({(commit, path): str(problem) for commit, paths in needed.items() for path in paths}, 0)
        absent = {(commit, path): reason for commit, reason in gone.items() for path in needed[commit]}
        for commit, tree in trees.items():
            named = (blob.path for blob in tree if blob.id in lacking and blob.path in needed[commit])
            absent.update({(commit, path): f"the content of {path} is not to be had" for path in named})
        return Filled(absent, len(lacking))

    def write(self, repo: str, commit: str, paths: Iterable[str], whole: bool, into: Path) -> None:
        """Write the commit's files to a folder: those of `paths` and, where it is to be whole, all that linters read."""
        folder = self.cache / repo
        wanted = self._wanted(folder, commit, set(paths), whole)
        with tempfile.TemporaryFile() as ids:
            ids.write("".join(blob.id + "\n" for blob in wanted).encode())
            ids.seek(0)
            with subprocess.Popen(
                _git(folder, "cat-file", "--batch"), stdin=ids, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENVIRONMENT
            ) as process:
                assert process.stdout is not None
                for blob in wanted:
                    content = _next(process.stdout)
                    if content is not None:
                        target = into / blob.path
                        target.parent.mkdir(parents=True, exist_ok=True)
                        target.write_bytes(content)
        if process.returncode != 0:
            raise Absent(f"git cat-file ended with status {process.returncode}")

    def _prepare(self, repo: str, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Absent(f"cannot be kept: {error}") from None
        if not (folder / "HEAD").exists():
            _run(folder, ["init", "--quiet", "--bare"])
        url = self.remote + repo
        if _attempt(folder, ["config", "--get", "remote.origin.url"]).stdout.strip() != url:
            _run(folder, ["config", "remote.origin.url", url])

    def _get_commits(self, folder: Path, commits: List[str]) -> Dict[str, str]:
        """Fetch those that are lacking, and give the reasons for those that still are."""
        lacking = sorted(_missing(folder, commits))
        if self.offline:
            return dict.fromkeys(lacking, "not in the cache")
        if not lacking:
            return {}
        problem = self._fetch_commits(folder, lacking)
        if problem is None:
            return {}
        if not _lacks_one(problem):
            raise Absent(problem)
        # One commit that the server no longer has must not take the others with it.
        reasons = {commit: self._fetch_commits(folder, [commit]) for commit in lacking}
        return {commit: reason for commit, reason in reasons.items() if reason is not None}

    def _fetch_commits(self, folder: Path, commits: List[str]) -> Optional[str]:
        run = _attempt(folder, [*FETCH, "--depth", "1", "origin", *commits])
        if run.returncode == 0 and not _missing(folder, commits):
            return None
        return _reason(run)

    def _wanted(self, folder: Path, commit: str, paths: Set[str], whole: bool) -> List[Blob]:
        listed = subprocess.run(
            _git(folder, "ls-tree", "-r", "-z", commit), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
        )
        if listed.returncode != 0:
            raise Absent(f"git ls-tree: {os.fsdecode(listed.stderr).strip()}")
        blobs = []
        for entry in os.fsdecode(listed.stdout).split("\0"):
            meta, _, path = entry.partition("\t")
            # Regular files only (modes 100644 and 100755); a link could lead out of the folder.
            if (
                meta.startswith("100")
                and ".." not in path.split("/")
                and (path in paths or (whole and (self.every_file or is_source(path))))
            ):
                blobs.append(Blob(meta.split()[2], path))
        return blobs


def _fetch_contents(folder: Path, blobs: List[str]) -> None:
    """Fetch contents in as few requests as will do.

    A server that lacks one of those asked for sends none; then halves are asked for, since a tree without that one is
    still worth linting. Any other failure would only repeat itself."""
    run = _attempt(folder, [*FETCH_CONTENTS, "--stdin"], "".join(f"{blob}\n" for blob in blobs))
    if run.returncode != 0 and len(blobs) > 1 and _lacks_one(run.stderr):
        middle = len(blobs) // 2
        _fetch_contents(folder, blobs[:middle])
        _fetch_contents(folder, blobs[middle:])


def _lacks_one(complaint: str) -> bool:
    """Whether the server refused because it has not all that was asked for."""
    return "not our ref" in complaint or "unadvertised object" in complaint


def _git(folder: Path, *arguments: str) -> List[str]:
    # What was fetched has no names that point to it; housekeeping must not throw it away.
    return ["git", "--git-dir", str(folder), "-c", "gc.auto=0", "-c", "maintenance.auto=false", *arguments]


def _attempt(folder: Path, arguments: List[str], given: Optional[str] = None) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            _git(folder, *arguments),
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env=ENVIRONMENT,
            timeout=FETCH_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, -1, "", f"git {arguments[0]}: no end within {FETCH_SECONDS} seconds")


def _run(folder: Path, arguments: List[str]) -> None:
    run = _attempt(folder, arguments)
    if run.returncode != 0:
        raise Absent(_reason(run))


def _reason(run: "subprocess.CompletedProcess[str]") -> str:
    """The line of git's complaint that says most: the first that is an error, else the last."""
    lines = [line.strip() for line in run.stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("fatal:", "error:", "remote:"))]
    return (errors or lines[-1:] or [f"git ended with status {run.returncode}"])[0]


def _missing(folder: Path, objects: Iterable[str]) -> Set[str]:
    """Those of the objects that the repository lacks."""
    listed = _attempt(folder, ["cat-file", "--batch-check"], "".join(f"{name}\n" for name in sorted(objects)))
    if listed.returncode != 0:
        raise Absent(_reason(listed))
    return {line.split()[0] for line in listed.stdout.splitlines() if line.endswith(" missing")}


def _next(stream: IO[bytes]) -> Optional[bytes]:
    """The next object of `git cat-file --batch`: a line ID TYPE SIZE, the content, a line's end; or ID `missing`."""
    header = stream.readline().split()
    if len(header) != 3:
        return None
    content = stream.read(int(header[2]))
    stream.read(1)
    return content
