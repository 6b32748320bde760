"""Editors, with the set-ups that `editors/` ships, run the server as their pages say."""

import json
import os
import shutil
import subprocess
import tempfile
import tomllib
import unittest
from pathlib import Path

from support import PERFLINT, ROOT

EDITORS = ROOT / "editors"
VIEWS = """from shop.models import Shop


def names(ids):
    for id in ids:
        print(Shop.objects.get(pk=id).name)
"""
MODELS = "from django.db import models\n\n\nclass Shop(models.Model):\n    name = models.TextField()\n"


def project(folder: Path) -> Path:
    """A project with one finding, in `shop/views.py`."""
    (folder / "shop").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "requirements.txt").write_text("django\n")
    (folder / "shop/models.py").write_text(MODELS)
    (folder / "shop/views.py").write_text(VIEWS)
    return folder / "shop/views.py"


def home(folder: Path) -> dict[str, str]:
    """The environment of a user at home in a folder, whose PATH has perflint under its own name."""
    (folder / "bin").mkdir()
    (folder / "bin/perflint").symlink_to(PERFLINT)
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return os.environ | {"HOME": str(folder), "PATH": path, "SEEN": str(folder / "seen.json")}


def seen_in(folder: Path, run: subprocess.CompletedProcess[str]) -> dict:
    """What a driven editor wrote down."""
    if not (folder / "seen.json").exists():
        raise AssertionError(run.stderr)
    return json.loads((folder / "seen.json").read_text())


class Neovim(unittest.TestCase):
    def test_findings_hover_and_actions(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            views = project(folder / "project")
            plugins = folder / "config/nvim/plugin"
            plugins.mkdir(parents=True)
            shutil.copy(EDITORS / "neovim/perflint.lua", plugins)
            environment = home(folder) | {
                "XDG_CONFIG_HOME": str(folder / "config"),
                "XDG_DATA_HOME": str(folder / "data"),
                "XDG_STATE_HOME": str(folder / "state"),
                "XDG_CACHE_HOME": str(folder / "cache"),
            }
            drive = Path(__file__).parent / "neovim.lua"
            command = ["nvim", "--headless", str(views), "-S", str(drive)]
            run = subprocess.run(command, env=environment, cwd=views.parent, timeout=240, capture_output=True, text=True)
            seen = seen_in(folder, run)
        self.assertNotIn("gave_up", seen)
        self.assertNotIn("problem", seen)
        self.assertEqual(seen["codes"], ["n-plus-one-query"])
        self.assertEqual(seen["line"], 5)
        self.assertIn("n-plus-one-query", seen["hover"])
        self.assertIn("Ignore n-plus-one-query in this file", seen["actions"])
        self.assertIn("        # perflint-ignore n-plus-one-query\n        print(", seen["text"])


class Emacs(unittest.TestCase):
    def test_it_compiles(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            shutil.copy(EDITORS / "emacs/perflint.el", name)
            loads = "(progn (setq byte-compile-error-on-warn t) (unless (byte-compile-file \"perflint.el\") (kill-emacs 1)))"
            shows = "(progn (require 'perflint) (require 'sql) (princ (perflint-eglot-contact nil)))"
            command = ["emacs", "--batch", "-Q", "-L", ".", "--eval", loads, "--eval", shows]
            run = subprocess.run(command, cwd=name, capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout.strip()), (0, "(perflint lsp)"), run.stderr)

    def test_findings_hover_and_actions(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            views = project(folder / "project")
            drive = Path(__file__).parent / "emacs.el"
            command = ["emacs", "--batch", "-L", str(EDITORS / "emacs"), "-l", str(drive), str(views)]
            run = subprocess.run(command, env=home(folder), timeout=240, capture_output=True, text=True)
            seen = seen_in(folder, run)
        self.assertNotIn("unsupported", run.stderr)
        self.assertIn("[n-plus-one-query]", seen["text"])
        self.assertEqual(seen["line"], 6)
        self.assertIn("n-plus-one-query", seen["hover"])
        self.assertIn("Ignore n-plus-one-query in this file", seen["actions"])
        self.assertIn("        # perflint-ignore n-plus-one-query\n        print(", seen["after"])


class VisualStudioCode(unittest.TestCase):
    """The extension is type-checked, built, tested against the real server and packaged."""

    def test_the_extension(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "vscode"
            ignored = shutil.ignore_patterns("node_modules", "dist")
            shutil.copytree(EDITORS / "vscode", folder, ignore=ignored)
            for licence in ROOT.glob("LICENSE-*"):
                shutil.copy(licence, folder)
            environment = os.environ | {"PERFLINT": str(PERFLINT)}
            for step in (["ci", "--no-audit", "--no-fund"], ["run", "check"], ["run", "build"], ["test"], ["run", "package"]):
                run = subprocess.run(["npm", "--loglevel", "error", *step], cwd=folder, env=environment, capture_output=True, text=True)
                self.assertEqual(run.returncode, 0, f"npm {' '.join(step)}\n{run.stdout}\n{run.stderr}")
            self.assertGreater((folder / "dist/perflint.vsix").stat().st_size, 10_000)

    def test_the_lock_names_no_host(self) -> None:
        self.assertNotIn('"resolved"', (EDITORS / "vscode/package-lock.json").read_text())


class Files(unittest.TestCase):
    """What users paste is well-formed, and says the same."""

    def test_helix(self) -> None:
        languages = tomllib.loads((EDITORS / "helix/languages.toml").read_text())
        server = languages["language-server"]["perflint"]
        self.assertEqual([server["command"], *server["args"]], ["perflint", "lsp"])
        self.assertTrue(all("perflint" in language["language-servers"] for language in languages["language"]))

    def test_zed(self) -> None:
        command = ["cargo", "check", "--locked", "--quiet", "--target-dir", str(ROOT / "target/zed")]
        run = subprocess.run(command, cwd=EDITORS / "zed", capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        extension = tomllib.loads((EDITORS / "zed/extension.toml").read_text())
        self.assertIn("SQL", extension["language_servers"]["perflint"]["languages"])

    def test_sublime(self) -> None:
        lines = (EDITORS / "sublime/LSP-perflint.sublime-settings").read_text().splitlines()
        text = "\n".join(line for line in lines if not line.strip().startswith("//"))
        client = json.loads(text)["clients"]["perflint"]
        self.assertEqual(client["command"], ["perflint", "lsp"])

    def test_every_editor_has_its_page(self) -> None:
        for folder in EDITORS.iterdir():
            self.assertTrue((folder / "README.md").exists(), folder)


if __name__ == "__main__":
    unittest.main()
