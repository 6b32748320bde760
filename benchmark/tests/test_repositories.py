"""Fetching, the cache, and writing trees."""

import os
import tempfile
import unittest
from pathlib import Path

from support import Place, lines

from perfbench.repositories import Repositories


class Cache(Place):
    def tree(self, commit, paths=(), every_file=False, whole=True):
        """The files that are written of a commit."""
        into = Path(tempfile.mkdtemp(dir=self.root))
        repositories = Repositories(self.cache, f"file://{self.remotes}", every_file=every_file)
        self.assertEqual(repositories.fill("o/r", {commit: set(paths)}, whole), ({}, 0))
        repositories.write("o/r", commit, paths, whole, into)
        return {str(path.relative_to(into)): path.read_bytes() for path in into.rglob("*") if path.is_file()}

    def test_only_what_is_needed_is_fetched(self):
        old = self.commit("o/r", {"app.py": "old\n"})
        commit = self.commit("o/r", {"app.py": "new\n", "picture.png": b"\x89PNG", "docs/guide.md": "text"})
        new = self.commit("o/r", {"app.py": "newest\n"})
        self.assertEqual(self.tree(commit), {"app.py": b"new\n"})
        with_blobs = self.git(self.cache / "o/r", "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")
        self.assertEqual(sorted(with_blobs.split()), ["blob", "commit", "tree", "tree"])
        self.assertNotIn(old, self.git(self.cache / "o/r", "rev-list", commit))
        self.assertEqual(self.tree(new), {"app.py": b"newest\n"})

    def test_sources_and_the_files_of_rows_are_written(self):
        files = {name: name for name in ("a.py", "b/package.json", "b/other.json", "c.tsx", "d.vue", "e.sql", "Pipfile", "g.go")}
        commit = self.commit("o/r", files)
        self.assertEqual(set(self.tree(commit, ["g.go"])), {"a.py", "b/package.json", "c.tsx", "e.sql", "Pipfile", "g.go"})
        self.assertEqual(set(self.tree(commit, every_file=True)), set(files))
        self.assertEqual(set(self.tree(commit, ["c.tsx"], whole=False)), {"c.tsx"})

    def test_links_are_not_written(self):
        folder = self.remotes / "o/r"
        self.commit("o/r", {"app.py": "x\n"})
        os.symlink("/etc/hosts", folder / "hosts.py")
        self.assertEqual(set(self.tree(self.commit("o/r", {}), ["hosts.py"])), {"app.py"})

    def test_contents_are_written_as_they_are(self):
        odd = {
            "crlf.py": b"a\r\nb\r\n",
            "empty.py": b"",
            "caf\u00e9 [id].ts": b"x\n",
            "zero.py": b"\0\n\n",
            ".gitattributes": b"*.py text eol=lf export-ignore\n",
        }
        commit = self.commit("o/r", odd)
        stored = self.git(self.remotes / "o/r", "rev-parse", f"{commit}:crlf.py")
        written = self.tree(commit)
        self.assertEqual(set(written), set(odd) - {".gitattributes"})
        self.assertEqual(written["zero.py"], b"\0\n\n")
        self.assertEqual(len(written["crlf.py"]), int(self.git(self.remotes / "o/r", "cat-file", "-s", stored)))

    def test_a_full_cache_asks_nobody(self):
        commit = self.commit("o/r", {"app.py": lines({10: "BAD n-plus-one-query"})})
        name = self.add("sites", {"commit": commit})
        self.assertEqual(self.run_benchmark("fetch", "--topics", "unbounded-cache")[0], 2)
        self.add("fixes", {"before": commit, "fix": commit})
        status, said, _ = self.run_benchmark("fetch")
        self.assertEqual(status, 0)
        self.assertIn("1 of 1 commits of 1 repositories", said)
        self.assertEqual(self.outcomes("sites", remote="file:///nowhere/")[1][name], "hit")
        self.assertEqual(self.outcomes("sites", "--offline")[1][name], "hit")

    def test_offline_fetches_and_makes_nothing(self):
        name = self.add("sites", {"commit": self.commit("o/r", {"app.py": ""})})
        _, outcomes, document = self.outcomes("sites", "--offline")
        self.assertEqual((outcomes[name], document["rows"][0]["detail"]), ("absent", ["not in the cache"]))
        self.assertFalse(self.cache.exists())

    def test_fetch_names_what_is_absent(self):
        self.add("sites", {"commit": "4" * 40})
        self.add("fixes", {"repo": "o/s", "before": self.commit("o/s", {"a.py": ""}), "fix": "5" * 40})
        status, said, complaint = self.run_benchmark("fetch")
        self.assertEqual(status, 1)
        self.assertIn("1 of 3 commits of 2 repositories", said)
        self.assertIn("absent: o/r: 1 of 1 commits", complaint)
        self.assertIn("absent: o/s: 1 of 2 commits", complaint)

    def lose(self, commit, path):
        """Take the content of a file from the remote repository."""
        blob = self.git(self.remotes / "o/r", "rev-parse", f"{commit}:{path}")
        (self.remotes / "o/r/.git/objects" / blob[:2] / blob[2:]).unlink()

    def test_files_that_are_not_to_be_had_are_left_out_and_counted(self):
        others = {f"other{number}.py": f"{number}\n" for number in range(5)}
        commit = self.commit("o/r", {"app.py": lines({10: "BAD n-plus-one-query"}), "lost.py": "lost\n", **others})
        name = self.add("sites", {"commit": commit})
        self.lose(commit, "lost.py")
        self.assertEqual(self.outcomes("sites")[1][name], "hit")
        self.assertIn("incomplete: o/r: 1 files", self.run_benchmark("sites")[2])
        repositories, into = Repositories(self.cache, "file:///nowhere", offline=True), self.root / "tree"
        repositories.write("o/r", commit, [], True, into)
        self.assertEqual({path.name for path in into.iterdir()}, {"app.py", *others})

    def test_a_row_whose_own_file_is_not_to_be_had_is_absent(self):
        commit = self.commit("o/r", {"app.py": lines({10: "BAD n-plus-one-query"}), "lost.py": "lost\n"})
        good = self.add("sites", {"commit": commit})
        bad = self.add("sites", {"commit": commit, "path": "lost.py", "verdict": "silent"})
        self.lose(commit, "lost.py")
        _, outcomes, document = self.outcomes("sites")
        self.assertEqual(outcomes, {good: "hit", bad: "absent"})
        self.assertEqual(document["rows"][1]["detail"], ["the content of lost.py is not to be had"])

    def test_a_server_without_filters_will_do(self):
        commit = self.commit("o/r", {"app.py": "x\n"})
        self.git(self.remotes / "o/r", "config", "uploadpack.allowFilter", "false")
        self.assertEqual(self.tree(commit), {"app.py": b"x\n"})


if __name__ == "__main__":
    unittest.main()
