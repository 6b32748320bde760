"""Checkers of workflow files read ours, and the shell steps of the action are run."""

from __future__ import annotations

import json
import os
import pathlib
import shutil

import yaml
from support import COUNTERPARTS, MODELS, ORDERS, PERFLINT, ROOT, Scratch, page, run

PROGRAMS = COUNTERPARTS / "python" / "bin"


class Checkers(Scratch):
    """What is shipped for others to run."""

    def check(self, *command: object) -> None:
        """Runs a checker, which must have nothing to say."""
        done = run(*command, cwd=ROOT)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_files_fit_their_schemas(self) -> None:
        schema = PROGRAMS / "check-jsonschema"
        self.check(schema, "--builtin-schema", "vendor.github-actions", "action.yml")
        self.check(schema, "--builtin-schema", "vendor.gitlab-ci", "integrations/gitlab-ci.yml")
        self.check(PROGRAMS / "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")

    def test_the_action_is_safe_to_use(self) -> None:
        self.check(PROGRAMS / "zizmor", "--offline", "--no-progress", "--persona", "pedantic", "action.yml")

    def test_every_workflow_of_the_documentation_is_valid(self) -> None:
        found = 0
        for document in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
            for number, block in enumerate(document.read_text().split("```yaml\n")[1:]):
                text = block.split("```")[0]
                name = text.splitlines()[0].removeprefix("# ").strip()
                kind = {
                    ".github/workflows/perflint.yml": "vendor.github-workflows",
                    ".gitlab-ci.yml": "vendor.gitlab-ci",
                }.get(name)
                file = self.folder / f"{document.stem}-{number}.yml"
                file.write_text(text)
                with self.subTest(f"{document.name}: {name}"):
                    if kind:
                        self.check(PROGRAMS / "check-jsonschema", "--builtin-schema", kind, file)
                    if name.startswith(".github"):
                        self.check(PROGRAMS / "zizmor", "--offline", "--no-progress", "--config", ROOT / "tests/counterparts/zizmor.yml", file)
                    if name == ".pre-commit-config.yaml":
                        self.check(PROGRAMS / "pre-commit", "validate-config", file)
                    found += name.startswith(".")
        self.assertGreaterEqual(found, 3)


class Action(Scratch):
    """The shell steps of `action.yml`, run as GitHub's runner would; steps that use other actions are left out."""

    def steps(self, **given: str) -> dict[str, str]:
        """Runs the steps with these inputs; gives the outputs of `lint`, with what was shown and the steps that failed."""
        action = yaml.safe_load((ROOT / "action.yml").read_text())
        inputs = {name: value.get("default", "") for name, value in action["inputs"].items()} | given
        outputs: dict[str, dict[str, str]] = {}
        temporary = self.folder / ".git" / "runner"
        (temporary / "perflint" / "bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(PERFLINT, temporary / "perflint" / "bin")
        shown, failed = "", []
        for step in action["runs"]["steps"]:
            if "run" not in step or step["name"] == "Build perflint":
                continue
            if step["name"] == "Fail on findings" and not (inputs["fail"] == "true" and outputs["lint"]["status"] == "1"):
                continue

            def value(text: str) -> str:
                for name, given in inputs.items():
                    text = text.replace("${{ inputs." + name + " }}", given)
                for id, values in outputs.items():
                    for name, given in values.items():
                        text = text.replace("${{ steps." + id + ".outputs." + name + " }}", given)
                self.assertNotIn("${{", text)
                return text

            file = temporary / "output"
            file.write_text("")
            environment = {
                **{name: value(text) for name, text in step.get("env", {}).items()},
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_OUTPUT": str(file),
                "GITHUB_STEP_SUMMARY": str(temporary / "summary.md"),
                "RUNNER_TEMP": str(temporary),
                "RUNNER_OS": "Linux",
                "RUNNER_ARCH": "X64",
            }
            done = run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"], cwd=self.folder, **environment)
            shown += done.stdout
            if done.returncode:
                failed.append(step["name"])
            if "id" in step:
                outputs[step["id"]] = dict(line.split("=", 1) for line in file.read_text().splitlines())
        summary = temporary / "summary.md"
        text = summary.read_text() if summary.exists() else ""
        return outputs["lint"] | {"shown": shown, "failed": ", ".join(failed), "summary": text}

    def results(self) -> list[dict]:
        """The results in the SARIF file."""
        return json.loads((self.folder / "perflint.sarif").read_text())["runs"][0]["results"]

    def setUp(self) -> None:
        super().setUp()
        self.write("app/models.py", MODELS)
        self.write("app/orders.py", ORDERS)
        self.write("app/old.py", page("old"))
        self.commit("first")

    def test_findings_are_annotated_and_fail(self) -> None:
        ended = self.steps()
        self.assertEqual((ended["status"], ended["failed"]), ("1", "Fail on findings"), ended["shown"])
        self.assertIn("::error file=app/old.py,line=5", ended["shown"])
        self.assertIn("app/old.py", ended["summary"])
        self.assertEqual(len(self.results()), 1)

    def test_it_may_be_told_not_to_fail_or_annotate(self) -> None:
        ended = self.steps(fail="false", annotate="false", paths="app/models.py app/orders.py")
        self.assertEqual((ended["status"], ended["failed"]), ("0", ""), ended["shown"])
        self.assertNotIn("::error file", ended["shown"])
        self.assertEqual(self.results(), [])

    def test_only_changed_lines_fail_while_code_scanning_gets_all(self) -> None:
        self.write("app/new.py", page("new"))
        self.commit("second")
        ended = self.steps(since="HEAD~1")
        self.assertIn("::error file=app/new.py", ended["shown"])
        self.assertNotIn("::error file=app/old.py", ended["shown"])
        self.assertEqual(len(self.results()), 2)

    def test_a_broken_configuration_fails_the_step(self) -> None:
        self.write("perflint.toml", "selct = 1\n")
        done = run(PERFLINT, cwd=self.folder)
        self.assertEqual(done.returncode, 2)
        with self.assertRaises(KeyError):
            self.steps()


assert pathlib.Path(os.environ["PERFLINT"]).is_file()
