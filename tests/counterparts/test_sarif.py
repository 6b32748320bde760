"""Microsoft's SARIF Multitool validates what perflint writes."""

from __future__ import annotations

import json
import pathlib

from support import COUNTERPARTS, MODELS, ORDERS, PERFLINT, ROOT, Scratch, page, run

MULTITOOL = COUNTERPARTS / "node_modules" / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
# The tool's rules for the standard, and those for what GitHub takes.
RULES = "Sarif;Ghas"


def is_accepted(result: dict) -> bool:
    """What perflint does otherwise on purpose."""
    # Where the tool lives, which the package does not say yet.
    if result["ruleId"] == "SARIF2005":
        return True
    # Brackets stand in URIs as they are, as browsers have it: names of routes (`[id].ts`) are full of them, and readers
    # that compare paths would not find the files.
    return result["ruleId"] == "SARIF1002" and "[" in result["message"]["arguments"][1]


class Sarif(Scratch):
    """Reports of perflint, validated."""

    def setUp(self) -> None:
        super().setUp()
        # The package's own way to make it executable is a script, which installing may be told not to run.
        MULTITOOL.chmod(0o755)

    def validate(self, log: pathlib.Path) -> list[str]:
        """What the validator complains of, as `rule: place`."""
        output = self.folder / ".git" / "validation.sarif"
        done = run(MULTITOOL, "validate", log, "--rule-kind", RULES, "--output", output, "--log", "ForceOverwrite", cwd=self.folder)
        self.assertTrue(output.exists(), done.stdout)
        validation = json.loads(output.read_text())["runs"][0]
        self.assertTrue(validation["invocations"][0]["executionSuccessful"], done.stdout)
        results = [result for result in validation.get("results", []) if not is_accepted(result)]
        return [f"{result['ruleId']}: {result['message'].get('arguments')}" for result in results]

    def test_reports_of_the_sample_projects_are_valid(self) -> None:
        for sample in sorted((ROOT / "fixtures").glob("shop-*")):
            with self.subTest(sample.name):
                log = self.folder / f"{sample.name}.sarif"
                run(PERFLINT, "check", "--select", "all", "--exit-zero", f"--format=sarif={log}", cwd=sample, check=True)
                self.assertGreater(len(json.loads(log.read_text())["runs"][0]["results"]), 5)
                self.assertEqual(self.validate(log), [])

    def test_suppressed_known_and_broken_things_are_valid(self) -> None:
        self.write("app/models.py", MODELS)
        self.write("app/orders.py", ORDERS)
        self.write("app/[id] größe.py", page("known"))
        run(PERFLINT, "baseline", cwd=self.folder, check=True)
        self.write("app/new.py", page("new"))
        self.write("app/suppressed.py", page("f").replace("    return", "    # perflint-ignore n-plus-one-query: few\n    return"))
        self.write("package.json", "{")
        log = self.folder / "all.sarif"
        done = run(PERFLINT, "check", "--include-suppressed", "--exit-zero", f"--format=sarif={log}", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        results = json.loads(log.read_text())["runs"][0]["results"]
        self.assertEqual(sorted(str(result.get("baselineState")) for result in results), ["None", "new", "unchanged"])
        self.assertEqual(self.validate(log), [])

    def test_the_validator_finds_faults(self) -> None:
        log = self.folder / "bad.sarif"
        log.write_text(json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"ruleId": "a"}]}]}))
        self.assertNotEqual(self.validate(log), [])
