"""pre-commit runs perflint's hooks."""

from __future__ import annotations

import shutil
import subprocess

from support import COUNTERPARTS, MODELS, ORDERS, PERFLINT, ROOT, Scratch, page, run

PRE_COMMIT = COUNTERPARTS / "python" / "bin" / "pre-commit"


class PreCommit(Scratch):
    """A project that has the hooks of this repository; perflint itself comes from the path instead of being built."""

    hook = "perflint"

    def setUp(self) -> None:
        super().setUp()
        source = self.folder / ".git" / "perflint"
        source.mkdir()
        shutil.copy(ROOT / ".pre-commit-hooks.yaml", source)
        for command in (
            ["init", "--quiet"],
            ["add", "."],
            ["-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", "hooks"],
        ):
            run("git", *command, cwd=source, check=True)
        revision = run("git", "rev-parse", "HEAD", cwd=source, check=True).stdout.strip()
        self.write(
            ".pre-commit-config.yaml",
            f"repos:\n- repo: {source}\n  rev: {revision}\n  hooks:\n  - id: {self.hook}\n    language: system\n    args: [--format, compact]\n",
        )
        self.write("app/models.py", MODELS)
        self.write("app/orders.py", ORDERS)
        self.write("app/old.py", page("old"))
        self.write("notes.md", "text\n")
        self.commit("first")

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs pre-commit with a cache of its own."""
        path = f"{PERFLINT.parent}:{run('printenv', 'PATH', cwd=self.folder).stdout.strip()}"
        home = str(self.folder / ".git" / "pre-commit-home")
        return run(PRE_COMMIT, *arguments, cwd=self.folder, PRE_COMMIT_HOME=home, PATH=path)

    def assert_reports(self, done: subprocess.CompletedProcess[str], *paths: str) -> None:
        """Exactly these files must have findings."""
        reported = {path for path in ("app/old.py", "app/new.py", "app/moved.py", "app/orders.py") if f"\n{path}:" in done.stdout}
        self.assertEqual(reported, set(paths), done.stdout)
        self.assertEqual(done.returncode, 1 if paths else 0, done.stdout)


class Files(PreCommit):
    """The hook that reports on the files of the commit."""

    def test_staged_files_are_reported_and_the_rest_is_context(self) -> None:
        self.write("app/new.py", page("new"))
        self.git("add", "app/new.py")
        self.assert_reports(self.pre_commit("run"), "app/new.py")

    def test_what_is_not_staged_is_left_alone(self) -> None:
        self.write("app/new.py", page("new"))
        self.assert_reports(self.pre_commit("run"))
        self.write("app/orders.py", ORDERS + "\n\n# staged\n")
        self.git("add", "app/orders.py")
        self.assert_reports(self.pre_commit("run"))

    def test_files_of_other_kinds_do_not_start_it(self) -> None:
        self.write("notes.md", "other text\n")
        self.git("add", "notes.md")
        done = self.pre_commit("run")
        self.assertIn("no files to check", done.stdout)
        self.assertEqual(done.returncode, 0)

    def test_renamed_and_deleted_files(self) -> None:
        self.git("mv", "app/old.py", "app/moved.py")
        self.assert_reports(self.pre_commit("run"), "app/moved.py")
        self.git("commit", "--quiet", "--no-verify", "--message", "moved")
        self.git("rm", "--quiet", "app/moved.py")
        self.assert_reports(self.pre_commit("run"))

    def test_ignored_files_stay_ignored(self) -> None:
        self.write("perflint.toml", 'exclude = ["app/new.py"]\n')
        self.write("app/new.py", page("new"))
        self.git("add", "--all")
        self.assert_reports(self.pre_commit("run"))

    def test_all_files(self) -> None:
        self.assert_reports(self.pre_commit("run", "--all-files"), "app/old.py")

    def test_a_commit_is_refused_and_a_baseline_lets_it_through(self) -> None:
        self.assertEqual(self.pre_commit("install").returncode, 0)
        self.write("app/new.py", page("new"))
        self.git("add", "app/new.py")
        environment = {"PRE_COMMIT_HOME": str(self.folder / ".git" / "pre-commit-home"), "PATH": f"{PERFLINT.parent}:/usr/bin:/bin"}
        refused = run("git", "commit", "--message", "new", cwd=self.folder, **environment)
        self.assertEqual(refused.returncode, 1, refused.stdout)
        self.assertIn("n-plus-one-query", refused.stdout)
        self.assertEqual(run(PERFLINT, "baseline", cwd=self.folder).returncode, 0)
        self.git("add", "--all")
        passed = run("git", "commit", "--message", "new", cwd=self.folder, **environment)
        self.assertEqual(passed.returncode, 0, passed.stdout)


class ChangedLines(PreCommit):
    """The hook that reports on the lines that the commit changes."""

    hook = "perflint-changed-lines"

    def test_only_changed_lines_are_reported(self) -> None:
        self.write("app/old.py", "# moved\n" + page("old"))
        self.git("add", "--all")
        self.assert_reports(self.pre_commit("run"))
        self.write("app/old.py", page("other"))
        self.write("app/new.py", page("new"))
        self.git("add", "--all")
        self.assert_reports(self.pre_commit("run"), "app/new.py")

    def test_a_renamed_file_is_not_new(self) -> None:
        self.git("mv", "app/old.py", "app/moved.py")
        self.assert_reports(self.pre_commit("run"))


del PreCommit
