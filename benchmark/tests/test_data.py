"""The shipped rows, schemas, presets and mappings, and what the command says of wrong ones."""

import collections
import json
import unittest

from support import HOME, Place

from perfbench import rows, schema
from perfbench.problems import UsageError

RULES = HOME.parent / "rules"


class Shipped(unittest.TestCase):
    def test_all_rows_fit_and_are_in_the_file_of_their_language(self):
        for part, number in (("fixes", 280), ("sites", 408)):
            shape = schema.load(HOME / "schema" / rows.SCHEMAS[part])
            found = 0
            for file in sorted((HOME / part).glob("*.jsonl")):
                for line in file.read_text(encoding="utf-8").splitlines():
                    row = json.loads(line)
                    self.assertEqual((list(schema.problems(row, shape)), row["language"]), ([], file.stem), row)
                    found += 1
            self.assertEqual(found, number)
            self.assertEqual(len(rows.load_rows(HOME, part)), number)

    def test_no_place_is_there_twice(self):
        for part, fields in (
            ("fixes", ("repo", "fix", "path", "category", "lines")),
            ("sites", ("repo", "commit", "path", "line", "topic")),
        ):
            places = collections.Counter(str([row[field] for field in fields]) for row in rows.load_rows(HOME, part))
            self.assertEqual([place for place, times in places.items() if times > 1], [])

    def test_each_schema_allows_what_rows_or_presets_use_and_no_more(self):
        preset = rows.load_preset("accuracy")
        for part, (field, key) in rows.SUBJECT.items():
            used = {row[field] for row in rows.load_rows(HOME, part)}
            self.assertEqual(set(rows.known_values(part, field)), used | set(preset[key]))

    def test_shipped_mappings_load(self):
        names = sorted(file.stem for file in (HOME / "rules").glob("*.json"))
        self.assertIn("perflint", names)
        for name in names:
            for part in rows.SUBJECT:
                self.assertTrue(rows.load_rules(name, part).subjects(), name)

    def test_perflints_mapping_says_something_of_every_subject_and_names_every_rule(self):
        named = set()
        for part, (field, _) in rows.SUBJECT.items():
            mapping = rows.load_rules("perflint", part)
            self.assertEqual(set(mapping.named), set(rows.known_values(part, field)))
            named |= {rule for patterns in mapping.named.values() for rule in patterns}
        self.assertEqual(named, {file.stem for file in RULES.glob("*/*.md")})

    def test_the_preset_of_the_accuracy_page(self):
        given = rows.load_preset("accuracy")
        which = rows.Filters(None, set(given["levels"]), set(given["categories"]), set(given["topics"]))
        counted = {
            part: [row for row in rows.load_rows(HOME, part) if which.passes(part, row) and row.get("verdict") != "either"]
            for part in rows.SUBJECT
        }
        by_language = {part: dict(collections.Counter(row["language"] for row in of)) for part, of in counted.items()}
        self.assertEqual(by_language["fixes"], {"js": 57, "python": 52, "rust": 29, "sql": 1})
        self.assertEqual(by_language["sites"], {"js": 83, "python": 51, "rust": 62, "sql": 11})

    def test_the_readme_names_every_field_and_the_version(self):
        text = (HOME / "README.md").read_text(encoding="utf-8")
        for name in rows.SCHEMAS.values():
            for field in schema.load(HOME / "schema" / name)["properties"]:
                self.assertIn(f"`{field}`", text)
        self.assertIn(json.loads((HOME / "dataset.json").read_text(encoding="utf-8"))["version"], text)


class Schema(unittest.TestCase):
    def problems(self, change, gone=()):
        row = dict(rows.load_rows(HOME, "fixes")[0], **change)
        for name in gone:
            del row[name]
        return list(schema.problems(row, schema.load(HOME / "schema" / "fix.schema.json")))

    def test_what_does_not_fit_is_named(self):
        for change, wanted in (
            ({"level": "L9"}, "row.level is 'L9', which is none of L1, L2, L3, L4"),
            ({"fix": "abc"}, "row.fix is 'abc', which does not match ^[0-9a-f]{40}$"),
            ({"lines": []}, "row.lines is empty"),
            ({"lines": [0]}, "row.lines[0] is 0, less than 1"),
            ({"lines": [True]}, "row.lines[0] is not of type integer"),
            ({"lines": 4}, "row.lines is not of type array"),
            ({"reason": ""}, "row.reason is empty"),
            ({"after_ok": "yes"}, "row.after_ok is not of type boolean"),
            ({"extra": 1}, "row has extra, which no such row has"),
        ):
            with self.subTest(change):
                self.assertEqual(self.problems(change), [wanted])
        self.assertEqual(self.problems({}, ["reason"]), ["row lacks reason"])
        self.assertEqual(self.problems({}), [])

    def test_keywords_that_are_not_checked_are_refused(self):
        for text in (
            '{"type": "string", "maxLength": 3}',
            '{"type": "object", "additionalProperties": {"type": "string"}}',
            '{"items": {"format": "date"}}',
        ):
            with self.subTest(text), self.assertRaises(ValueError):
                schema._refuse_unknown(json.loads(text), "x")


class Wrong(Place):
    """Wrong arguments and wrong files: status 2 and one line."""

    def complaint(self, *words, **more):
        status, said, complaint = self.run_benchmark(*words, **more)
        self.assertEqual((status, said), (2, ""))
        self.assertEqual(complaint.count("\n"), 1, complaint)
        return complaint

    def test_arguments(self):
        self.add("fixes", {"before": "1" * 40, "fix": "2" * 40})
        self.add("sites", {"commit": "1" * 40})
        for words, wanted in (
            (["fixes", "--categories", "n-plus-one"], "unknown category 'n-plus-one'; did you mean n-plus-one-query?"),
            (["fixes", "--levels", "L7,L1"], "unknown level 'L7'"),
            (["fixes", "--languages", "cobol"], "unknown language 'cobol'; known: js, python, rust, sql"),
            (["sites", "--topics", "xyz"], "unknown topic 'xyz'; known: accumulate-by-copy"),
            (["fixes", "--preset", "acuracy"], "did you mean accuracy?"),
            (["fixes", "--repositories", "nobody/*"], "no row is left by these filters"),
            (["fixes", "--rules", "perflnt"], "did you mean perflint?"),
            (["fixes", "--rules", "none/rules.json"], "cannot read rules"),
            (["fixes", "--minimum-recall", "65"], "65 is not between 0 and 1"),
            (["fixes", "--minimum-precision", "1"], "unrecognized arguments"),
            (["sites", "--timeout", "0"], "0 is not above 0"),
            (["sites", "--jobs", "0"], "0 is not 1 or more"),
            (["sites", "--json", "/no/such/folder/out.json"], "is no folder"),
            (["all"], "invalid choice: 'all'"),
        ):
            with self.subTest(words):
                self.assertIn(wanted, self.complaint(*words))
        self.assertIn("no-such-linter: no such program", self.complaint("sites", linter="no-such-linter ."))

    def test_rows(self):
        self.assertIn("no rows", self.complaint("fixes"))
        good = self.add("fixes", {"before": "1" * 40, "fix": "2" * 40})
        self.add("fixes", {"before": "1" * 40, "fix": "2" * 40, "id": good})
        self.assertRegex(self.complaint("fixes"), r"python.jsonl:2: row.id fix-python-001 is also at .*python.jsonl:1")
        for change, wanted in (
            ({"end_line": 3}, "row.end_line is before row.line"),
            ({"path": "a/../../b"}, "row.path leads out of the repository"),
            ({"id": "site-rust-001"}, "is not of language python"),
        ):
            with self.subTest(change):
                self.add("sites", {"commit": "1" * 40, **change})
                self.assertIn(wanted, self.complaint("sites"))
                (self.data / "sites/python.jsonl").write_text("", encoding="utf-8")
        (self.data / "sites/python.jsonl").write_text("{\n", encoding="utf-8")
        self.assertIn("python.jsonl:1: not JSON", self.complaint("sites"))

    def test_mappings(self):
        file = self.root / "rules.json"
        for text, wanted in (
            ("[]", 'wants a text "linter"'),
            ('{"linter": "x"}', "an object 'topics'"),
            ('{"linter": "x", "topics": {"unbounded-cash": []}}', "did you mean unbounded-cache?"),
            ('{"linter": "x", "topics": {"unbounded-cache": "r"}}', "topics.unbounded-cache is not a list of rules"),
            ("{", "not JSON"),
        ):
            with self.subTest(text):
                file.write_text(text, encoding="utf-8")
                with self.assertRaises(UsageError) as caught:
                    rows.load_rules(str(file), "sites")
                self.assertIn(wanted, str(caught.exception))


class Selection(Place):
    def test_filters_and_what_takes_precedence(self):
        commit = self.commit("o/r", {"app.py": ""})
        where = {"before": commit, "fix": commit}
        other = {"repo": "p/q", "before": self.commit("p/q", {"app.py": "y"}), "fix": commit}
        a = self.add("fixes", where)
        b = self.add("fixes", {**where, "category": "missing-timeout"})
        c = self.add("fixes", {**where, "level": "L4"})
        d = self.add("fixes", where, language="js")
        e = self.add("fixes", other)
        for words, wanted in (
            ([], {a, b, c, d, e}),
            (["--languages", "js"], {d}),
            (["--levels", "L4, L2"], {c}),
            (["--categories", "missing-timeout"], {b}),
            (["--repositories", "p/*"], {e}),
            (["--preset", "accuracy"], {a, d, e}),
            (["--preset", "accuracy", "--levels", "L4"], {c}),
            (["--mapped-only"], {a, c, d, e}),
        ):
            with self.subTest(words):
                self.assertEqual(set(self.outcomes("fixes", *words)[1]), wanted)


if __name__ == "__main__":
    unittest.main()
