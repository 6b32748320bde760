"""What the tests share: where things are, and scratch repositories."""

from __future__ import annotations

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PERFLINT = pathlib.Path(os.environ["PERFLINT"])
COUNTERPARTS = pathlib.Path(os.environ["COUNTERPARTS"])

MODELS = """\
from django.db import models


class Order(models.Model):
    customer = models.IntegerField()
"""

ORDERS = """\
from app.models import Order


def count(customer):
    return Order.objects.filter(customer=customer).count()
"""


def page(name: str) -> str:
    """A module whose function sends a query for each element, through a function of another module."""
    return f"from app.orders import count\n\n\ndef {name}(customers):\n    return [count(c) for c in customers]\n"


def run(*command: object, cwd: pathlib.Path, check: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command with its output, both streams together, as text."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        check=check,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


class Scratch(unittest.TestCase):
    """A test with a git repository of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "Test")
        self.git("config", "user.email", "test@example.com")
        self.git("config", "commit.gpgSign", "false")

    def git(self, *arguments: str) -> str:
        """Runs git, which must succeed."""
        done = run("git", *arguments, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def write(self, path: str, text: str) -> None:
        """Writes a file of the repository."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self, message: str = "change", *, hooks: bool = False) -> None:
        """Commits everything; without hooks unless told."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message, *([] if hooks else ["--no-verify"]))
