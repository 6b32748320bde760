"""Every outcome of a row, by runs of the whole command over small repositories."""

import unittest

from support import FAKE, Place, lines

GOOD = "n-plus-one-query"


class WithFixes(Place):
    def fix(self, before, after, **row):
        first = self.commit("o/r", {"app.py": before})
        second = self.commit("o/r", {"app.py": after})
        return self.add("fixes", {"before": first, "fix": second, **row})


class Fixes(WithFixes):
    def one(self, before, after, **row):
        """The outcome of one fix."""
        name = self.fix(before, after, **row)
        return self.outcomes("fixes")[1][name]

    def test_fixed(self):
        self.assertEqual(self.one(lines({10: f"BAD {GOOD}"}), lines({})), "fixed")

    def test_fixed_counts_reports_of_the_file(self):
        before = lines({10: f"BAD {GOOD}", 30: f"BAD {GOOD}"})
        self.assertEqual(self.one(before, lines({20: f"BAD {GOOD}"})), "fixed")

    def test_caught_where_as_many_are_left(self):
        self.assertEqual(self.one(lines({10: f"BAD {GOOD}"}), lines({25: f"BAD {GOOD}"})), "caught")

    def test_other_rules_left_after_the_fix_do_not_count(self):
        self.assertEqual(self.one(lines({10: f"BAD {GOOD}"}), lines({10: "BAD quadratic-lookup"})), "fixed")

    def test_other_rule(self):
        self.assertEqual(self.one(lines({10: "BAD quadratic-lookup"}), lines({})), "other-rule")

    def test_miss(self):
        self.assertEqual(self.one(lines({}), lines({})), "miss")

    def test_three_lines_of_slack_before_and_after(self):
        for number, outcome in ((7, "fixed"), (13, "fixed"), (6, "miss"), (14, "miss")):
            with self.subTest(number):
                self.assertEqual(self.one(lines({number: f"BAD {GOOD}"}), lines({})), outcome)

    def test_a_region_reaches_to_its_end(self):
        self.assertEqual(self.one(lines({3: f"BAD {GOOD} +4"}), lines({})), "fixed")
        self.assertEqual(self.one(lines({3: f"BAD {GOOD} +3"}), lines({1: "other"})), "miss")

    def test_the_loops_line_counts(self):
        self.assertEqual(self.one(lines({30: f"BAD {GOOD}"}), lines({}), loop_lines=[31]), "fixed")

    def test_the_file_that_moved(self):
        for left, outcome in (({}, "fixed"), ({3: f"BAD {GOOD}"}, "caught")):
            with self.subTest(outcome):
                first = self.commit("o/r", {"app.py": lines({10: f"BAD {GOOD}"})})
                second = self.commit("o/r", {"lib/new.py": lines(left)}, gone=["app.py"])
                name = self.add("fixes", {"before": first, "fix": second, "path_after": "lib/new.py"})
                self.assertEqual(self.outcomes("fixes")[1][name], outcome)

    def test_another_files_report_does_not_count(self):
        first = self.commit("o/r", {"app.py": lines({}), "b.py": lines({10: f"BAD {GOOD}"})})
        second = self.commit("o/r", {"app.py": lines({1: "x"})})
        name = self.add("fixes", {"before": first, "fix": second})
        other = self.add("fixes", {"before": first, "fix": second, "path": "b.py"})
        self.assertEqual(self.outcomes("fixes")[1], {name: "miss", other: "caught"})

    def test_error_is_a_row_that_counts_as_not_caught(self):
        good = self.fix(lines({10: f"BAD {GOOD}"}), lines({}))
        first = self.commit("o/bad", {"app.py": lines({}), "crash.toml": ""})
        bad = self.add("fixes", {"repo": "o/bad", "before": first, "fix": first})
        status, outcomes, document = self.outcomes("fixes", linter=f"{FAKE} --crash-on crash.toml")
        self.assertEqual(outcomes, {good: "fixed", bad: "error"})
        self.assertEqual(document["rows"][1]["detail"], ["exit status 3: out of cheese"])
        self.assertEqual((document["total"]["rows"], document["total"]["recall"]), (2, 0.5))
        self.assertEqual(status, 1)

    def test_a_linter_that_takes_too_long(self):
        name = self.fix(lines({}), lines({1: "x"}))
        status, outcomes, document = self.outcomes("fixes", "--timeout", "0.2", linter=f"{FAKE} --sleep 30")
        self.assertEqual((status, outcomes[name]), (1, "error"))
        self.assertEqual(document["rows"][0]["detail"], ["no answer within 0.2 seconds"])

    def test_no_sarif_is_an_error(self):
        name = self.fix(lines({}), lines({1: "x"}))
        self.assertEqual(self.outcomes("fixes", linter=f"{FAKE} --garbage")[1][name], "error")

    def test_absent_repositories_are_named_and_do_not_stop_the_run(self):
        good = self.fix(lines({10: f"BAD {GOOD}"}), lines({}))
        bad = self.add("fixes", {"repo": "o/nowhere", "before": "1" * 40, "fix": "2" * 40})
        status, outcomes, document = self.outcomes("fixes")
        self.assertEqual((status, outcomes), (0, {good: "fixed", bad: "absent"}))
        self.assertEqual((document["total"]["rows"], document["total"]["absent"], document["total"]["recall"]), (1, 1, 1.0))
        complaint = self.run_benchmark("fixes")[2]
        self.assertRegex(complaint, r"absent: o/nowhere: 2 of 2 commits: .+")
        self.assertEqual(self.run_benchmark("fixes", "--maximum-absent", "0")[0], 1)
        self.assertEqual(self.run_benchmark("fixes", "--maximum-absent", "1")[0], 0)

    def test_a_commit_that_is_gone_leaves_the_others(self):
        good = self.fix(lines({10: f"BAD {GOOD}"}), lines({}))
        first = self.git(self.remotes / "o/r", "rev-parse", "HEAD")
        bad = self.add("fixes", {"before": first, "fix": "2" * 40})
        self.assertEqual(self.outcomes("fixes")[1], {good: "fixed", bad: "absent"})

    def test_one_file_is_context_enough_where_asked(self):
        first = self.commit("o/r", {"app.py": lines({10: f"BAD {GOOD}"}), "crash.toml": ""})
        second = self.commit("o/r", {"app.py": lines({})})
        name = self.add("fixes", {"before": first, "fix": second})
        linter = f"{FAKE} --crash-on crash.toml"
        self.assertEqual(self.outcomes("fixes", "--context", "file", linter=linter)[1][name], "fixed")
        self.assertEqual(self.outcomes("fixes", linter=linter)[1][name], "error")

    def test_each_tree_is_linted_once(self):
        first = self.commit("o/r", {"app.py": lines({10: f"BAD {GOOD}"}), "b.py": lines({10: f"BAD {GOOD}"})})
        second = self.commit("o/r", {"app.py": lines({}), "b.py": lines({1: "x"})})
        for path in ("app.py", "b.py"):
            self.add("fixes", {"before": first, "fix": second, "path": path})
        count = self.root / "count"
        self.outcomes("fixes", "--jobs", "2", linter=f"{FAKE} --count {count}")
        self.assertEqual(count.read_text(encoding="utf-8"), "run\n" * 2)


class Sites(Place):
    def sites(self):
        """One site of each outcome and one that is not counted; gives their ids."""
        commit = self.commit("o/r", {"app.py": lines({10: f"BAD {GOOD}", 20: "BAD quadratic-lookup"})})
        rows = {"hit": (10, "report"), "miss": (20, "report"), "false": (9, "silent"), "quiet": (30, "silent")}
        names = {
            self.add("sites", {"commit": commit, "line": line, "verdict": verdict}): outcome for outcome, (line, verdict) in rows.items()
        }
        self.add("sites", {"commit": commit, "verdict": "either"})
        return names

    def test_hit_miss_false_and_quiet(self):
        names = self.sites()
        status, outcomes, document = self.outcomes("sites")
        self.assertEqual((status, outcomes), (0, names))
        self.assertEqual((document["total"]["recall"], document["total"]["precision"]), (0.5, 0.5))

    def test_two_lines_of_slack_before_and_after_the_place(self):
        for number, outcome in ((8, "hit"), (14, "hit"), (7, "miss"), (15, "miss")):
            with self.subTest(number):
                commit = self.commit("o/r", {"app.py": lines({number: f"BAD {GOOD}"})})
                name = self.add("sites", {"commit": commit, "line": 10, "end_line": 12})
                self.assertEqual(self.outcomes("sites")[1][name], outcome)

    def test_rules_of_the_family_count(self):
        commit = self.commit("o/r", {"app.py": lines({10: "BAD database/redis-round-trips"})})
        name = self.add("sites", {"commit": commit})
        self.assertEqual(self.outcomes("sites")[1][name], "hit")

    def test_another_files_report_does_not_count(self):
        commit = self.commit("o/r", {"app.py": lines({}), "b.py": lines({10: f"BAD {GOOD}"})})
        name = self.add("sites", {"commit": commit})
        other = self.add("sites", {"commit": commit, "path": "b.py"})
        self.assertEqual(self.outcomes("sites")[1], {name: "miss", other: "hit"})

    def test_errors_are_in_no_share(self):
        self.sites()
        commit = self.commit("o/bad", {"app.py": "", "crash.toml": ""})
        name = self.add("sites", {"repo": "o/bad", "commit": commit})
        status, outcomes, document = self.outcomes("sites", linter=f"{FAKE} --crash-on crash.toml")
        self.assertEqual((status, outcomes[name], document["total"]["error"]), (1, "error", 1))
        self.assertEqual((document["total"]["recall"], document["total"]["rows"]), (0.5, 4))

    def test_absent(self):
        name = self.add("sites", {"commit": "3" * 40})
        status, outcomes, _ = self.outcomes("sites")
        self.assertEqual((status, outcomes[name]), (1, "absent"))

    def test_thresholds(self):
        self.sites()
        for words, wanted in (
            (["--minimum-recall", "0.5"], 0),
            (["--minimum-recall", "0.51"], 1),
            (["--minimum-precision", "0.5"], 0),
            (["--minimum-precision", "0.51"], 1),
        ):
            with self.subTest(words):
                status, _, complaint = self.run_benchmark("sites", *words)
                self.assertEqual(status, wanted)
                self.assertEqual("less than 51.0%" in complaint, wanted == 1)

    def test_tables_and_listing(self):
        self.sites()
        _, said, _ = self.run_benchmark("sites", "--show", "misses")
        self.assertRegex(said, r"(?m)^n-plus-one-query +1 +1 +1 +1 +0 +0 +50% +50%$")
        self.assertRegex(said, r"(?m)^python +1 +1 +1 +1 +0 +0 +50% +50%$")
        self.assertIn("4 sites: 1 hit, 1 missed, 1 false, 1 quiet; recall 50.0%, precision 50.0%", said)
        self.assertRegex(said, r"(?m)^miss +site-python-002 ")
        self.assertNotRegex(said, r"(?m)^(hit|quiet) +site")
        _, said, _ = self.run_benchmark("sites", "--show", "all")
        self.assertRegex(said, r"(?m)^quiet +site-python-004 ")


class Thresholds(WithFixes):
    """Of fixes: one of two is caught, and that one is not gone."""

    def setUp(self):
        super().setUp()
        self.fix(lines({10: f"BAD {GOOD}"}), lines({11: f"BAD {GOOD}"}))
        self.fix(lines({}), lines({1: "x"}), category="quadratic-lookup", level="L2")

    def test_recall_and_gone(self):
        for words, wanted in (
            (["--minimum-recall", "0.5"], 0),
            (["--minimum-recall", "0.6"], 1),
            (["--minimum-gone", "0"], 0),
            (["--minimum-gone", "0.1"], 1),
        ):
            with self.subTest(words):
                self.assertEqual(self.run_benchmark("fixes", *words)[0], wanted)

    def test_table(self):
        _, said, _ = self.run_benchmark("fixes")
        self.assertRegex(said, r"(?m)^n-plus-one-query +1 +1 +0 +0 +0 +0 +100% +0%$")
        self.assertRegex(said, r"(?m)^L2 +1 +0 +0 +0 +0 +0 +0% +0%$")
        self.assertIn("2 fixes: 1 caught (50.0%), 0 caught and gone after the fix (0.0%)", said)


if __name__ == "__main__":
    unittest.main()
