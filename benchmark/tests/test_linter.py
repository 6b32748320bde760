"""How SARIF is read, and how the linter is started."""

import os
import shlex
import sys
import tempfile
import unittest
from pathlib import Path

from support import FAKE, HOME, Place, lines

from perfbench.linter import Finding, Linter, findings
from perfbench.problems import UsageError


def result(uri=None, line=3, rule="r", **more):
    artifact = {} if uri is None else {"uri": uri}
    artifact.update(more.pop("artifact", {}))
    whole = {
        "ruleId": rule,
        "message": {"text": "m"},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": line}}}],
    }
    whole.update(more)
    return {name: value for name, value in whole.items() if value is not None}


class Sarif(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name).resolve() / "tree"
        (self.tree / "pages").mkdir(parents=True)
        for name in ("app.py", "pages/[id].ts", "a b.py", "50%25.py"):
            (self.tree / name).touch()

    def read(self, *results, tree=None, **run):
        return list(
            findings(
                {"runs": [{"tool": {"driver": {"name": "x", "rules": [{"id": "zero"}, {"id": "one"}]}}, "results": list(results), **run}]},
                tree or self.tree,
            )
        )

    def path(self, uri, tree=None, **more):
        return self.read(result(uri, **more.pop("result", {})), tree=tree, **more)[0].path

    def test_paths_as_linters_write_them(self):
        for uri, path in (
            ("app.py", "app.py"),
            ("./app.py", "app.py"),
            (str(self.tree / "app.py"), "app.py"),
            (f"file://{self.tree}/app.py", "app.py"),
            (f"file://{self.tree}/pages/%5Bid%5D.ts", "pages/[id].ts"),
            ("pages/[id].ts", "pages/[id].ts"),
            ("a%20b.py", "a b.py"),
            ("a b.py", "a b.py"),
            ("50%2525.py", "50%25.py"),
            ("50%25.py", "50%25.py"),
            ("pages/../app.py", "app.py"),
        ):
            with self.subTest(uri):
                self.assertEqual(self.path(uri), path)

    def test_a_tree_under_another_name(self):
        link = self.tree.parent / "link"
        os.symlink(self.tree, link)
        self.assertEqual(self.path(f"file://{self.tree}/app.py", tree=link), "app.py")
        self.assertEqual(self.path(f"file://{link}/app.py", tree=link), "app.py")

    def test_a_base_that_is_named(self):
        base = {"originalUriBaseIds": {"ROOT": {"uri": f"file://{self.tree}/"}}}
        self.assertEqual(self.path("app.py", result={"artifact": {"uriBaseId": "ROOT"}}, **base), "app.py")
        self.assertEqual(self.path("app.py", result={"artifact": {"uriBaseId": "%SRCROOT%"}}), "app.py")

    def test_an_artifact_by_its_index(self):
        artifacts = [{"location": {"uri": "other.py"}}, {"location": {"uri": "app.py"}}]
        self.assertEqual(self.path(None, result={"artifact": {"index": 1}}, artifacts=artifacts), "app.py")

    def test_rules_by_id_and_by_index(self):
        self.assertEqual(self.read(result("app.py", rule="group/name"))[0].rule, "group/name")
        self.assertEqual(self.read(result("app.py", rule=None, ruleIndex=1))[0].rule, "one")
        self.assertEqual(self.read(result("app.py", rule=None, ruleIndex=0))[0].rule, "zero")

    def test_rules_of_extensions(self):
        tool = {"driver": {"name": "x"}, "extensions": [{"name": "more", "rules": [{"id": "of-extension"}]}]}
        pointed = result("app.py", rule=None)
        pointed["rule"] = {"index": 0, "toolComponent": {"index": 0}}
        self.assertEqual(list(findings({"runs": [{"tool": tool, "results": [pointed]}]}, self.tree))[0].rule, "of-extension")

    def test_regions(self):
        region = result("app.py")
        region["locations"][0]["physicalLocation"]["region"] = {"startLine": 4, "endLine": 9}
        self.assertEqual(self.read(region), [Finding("app.py", "r", 4, 9)])
        self.assertEqual(self.read(result("app.py", line=5)), [Finding("app.py", "r", 5, 5)])

    def test_what_is_suppressed_or_nowhere_is_left_out(self):
        self.assertEqual(self.read(result("app.py", suppressions=[{"kind": "inSource"}])), [])
        self.assertEqual(len(self.read(result("app.py", suppressions=[{"kind": "external", "status": "rejected"}]))), 1)
        self.assertEqual(self.read(result("app.py", locations=[])), [])

    def test_a_run_without_results(self):
        self.assertEqual(list(findings({"runs": [{"tool": {}, "results": None}]}, self.tree)), [])


class Command(Place):
    def test_output_to_a_file(self):
        commit = self.commit("o/r", {"app.py": lines({10: "BAD n-plus-one-query"})})
        name = self.add("sites", {"commit": commit})
        self.assertEqual(self.outcomes("sites", linter=FAKE + " --to {output}")[1][name], "hit")

    def test_a_file_that_is_not_written(self):
        name = self.add("sites", {"commit": self.commit("o/r", {"app.py": ""})})
        _, outcomes, document = self.outcomes("sites", linter=f"{shlex.quote(sys.executable)} -c pass {{output}}")
        self.assertEqual(outcomes[name], "error")
        self.assertEqual(document["rows"][0]["detail"], ["wrote no {output} (exit status 0)"])

    def test_exit_statuses_that_are_fine(self):
        name = self.add("sites", {"commit": self.commit("o/r", {"app.py": ""})})
        self.assertEqual(self.outcomes("sites", "--statuses", "0")[1][name], "error")
        self.assertEqual(self.outcomes("sites", "--statuses", "0,1")[1][name], "miss")

    def test_here_is_the_folder_of_the_start(self):
        self.assertEqual(Linter(f"{FAKE} --config {{here}}/x.yml").words[-1], f"{os.getcwd()}/x.yml")

    def test_a_program_by_a_relative_path(self):
        program = os.path.relpath(HOME / "run.py")
        self.assertEqual(Linter(os.path.join(".", program)).words, [str(HOME / "run.py")])

    def test_commands_that_cannot_be(self):
        for command in ("", "no-such-linter-here .", "x 'y"):
            with self.subTest(command), self.assertRaises(UsageError):
                Linter(command)

    def test_mapping_of_another_linter(self):
        commit = self.commit("o/r", {"app.py": lines({10: "BAD python.perf.query-in-loop", 30: "BAD plugin/slow-wait"})})
        hit = self.add("sites", {"commit": commit})
        also = self.add("sites", {"commit": commit, "line": 30, "topic": "sequential-await"})
        none = self.add("sites", {"commit": commit, "line": 30, "topic": "unbounded-cache"})
        rules = self.root / "mine.json"
        rules.write_text(
            '{"linter": "mine", "topics": {"n-plus-one-query": ["*.query-in-loop"], "sequential-await": ["slow-wait"]}}', encoding="utf-8"
        )
        _, outcomes, document = self.outcomes("sites", "--rules", str(rules))
        self.assertEqual((outcomes, document["linter"]), ({hit: "hit", also: "hit", none: "miss"}, "mine"))
        self.assertEqual(self.outcomes("sites", "--rules", str(rules), "--mapped-only")[1], {hit: "hit", also: "hit"})


if __name__ == "__main__":
    unittest.main()
