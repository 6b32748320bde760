"""What the tests share: small repositories that the benchmark fetches from, rows about them, and runs of the command."""

import contextlib
import io
import json
import os
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))

import run as command_line

FAKE = f"{shlex.quote(sys.executable)} {shlex.quote(str(HOME / 'tests' / 'fake_linter.py'))}"
# Neither the user's configuration nor a hook's variables may change what git does here.
GIT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "someone@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def lines(marked, length=40):
    """A file of so many lines, with texts at some of them (from 1)."""
    return "".join(f"# {marked[number]}\n" if number in marked else f"line_{number}()\n" for number in range(1, length + 1))


class Place(unittest.TestCase):
    """A temporary folder with remote repositories, rows and a cache."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.data, self.cache, self.remotes = self.root / "data", self.root / "cache", self.root / "remotes"
        self.data.mkdir()
        self.counts = {}

    def git(self, folder, *arguments):
        return subprocess.run(
            ["git", "-C", str(folder), *arguments], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=GIT, encoding="utf-8"
        ).stdout.strip()

    def commit(self, repo, files, gone=()):
        """Commit files (path: text or bytes) to a remote repository, and give the commit's id."""
        folder = self.remotes / repo
        if not folder.exists():
            folder.mkdir(parents=True)
            self.git(folder, "init", "--quiet")
            self.git(folder, "config", "uploadpack.allowFilter", "true")
            self.git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content.encode() if isinstance(content, str) else content)
        for path in gone:
            (folder / path).unlink()
        self.git(folder, "add", "--all")
        self.git(folder, "commit", "--quiet", "--allow-empty", "--message", "A change")
        return self.git(folder, "rev-parse", "HEAD")

    def add(self, part, row, language="python"):
        """Append a row, with what is not given filled in; gives its id."""
        number = self.counts[part] = self.counts.get(part, 0) + 1
        if part == "fixes":
            whole = {
                "id": f"fix-{language}-{number:03}",
                "path": "app.py",
                "lines": [10],
                "function": "f",
                "category": "n-plus-one-query",
                "level": "L1",
                "after_ok": True,
                "confidence": "high",
            }
            whole["path_after"] = row.get("path", "app.py")
        else:
            whole = {
                "id": f"site-{language}-{number:03}",
                "path": "app.py",
                "line": 10,
                "topic": "n-plus-one-query",
                "verdict": "report",
                "needs": "function",
            }
            whole["end_line"] = row.get("line", 10)
        whole.update({"language": language, "repo": "o/r", "reason": "because"})
        whole.update(row)
        target = self.data / part
        target.mkdir(exist_ok=True)
        with open(target / f"{language}.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(whole) + "\n")
        return whole["id"]

    def run_benchmark(self, *words, linter=FAKE, remote=None):
        """Run the command; gives exit status, standard output and standard error."""
        given = [*words, "--data", str(self.data), "--cache", str(self.cache), "--remote", remote or f"file://{self.remotes}/"]
        if words[0] != "fetch":
            given += ["--command", linter]
        said, complained = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
            try:
                status = command_line.main(given)
            except SystemExit as end:
                status = end.code
        return status, said.getvalue(), complained.getvalue()

    def outcomes(self, part, *words, **more):
        """Run, and give exit status, the outcome of each row by its id, and the JSON output."""
        target = self.root / "out.json"
        status, said, complained = self.run_benchmark(part, "--json", str(target), *words, **more)
        self.assertTrue(target.exists(), f"no output: {said}{complained}")
        document = json.loads(target.read_text(encoding="utf-8"))
        target.unlink()
        return status, {row["id"]: row["outcome"] for row in document["rows"]}, document
