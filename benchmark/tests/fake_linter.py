"""A linter for the tests: reports each line with a comment `BAD rule-id` (`BAD rule-id +N`: a region of N more lines).

Options: --to FILE writes there instead of standard output, --crash-on FILE ends with status 3 where that file is,
--sleep SECONDS, --garbage writes no SARIF, --count FILE gets a line for each run.
"""

import argparse
import json
import os
import re
import sys
import time

MARK = re.compile(r"BAD ([^\s+]+)(?: \+(\d+))?")


def results(root):
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8", errors="replace") as file:
                for number, line in enumerate(file, 1):
                    for rule, more in MARK.findall(line):
                        region = {"startLine": number, "endLine": number + int(more or 0)}
                        place = {"artifactLocation": {"uri": os.path.relpath(path, root), "uriBaseId": "%SRCROOT%"}, "region": region}
                        yield {"ruleId": rule, "message": {"text": "bad"}, "locations": [{"physicalLocation": place}]}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--to")
    options.add_argument("--crash-on")
    options.add_argument("--sleep", type=float, default=0)
    options.add_argument("--garbage", action="store_true")
    options.add_argument("--count")
    given = options.parse_args()
    time.sleep(given.sleep)
    if given.count:
        with open(given.count, "a", encoding="utf-8") as file:
            file.write("run\n")
    if given.crash_on and os.path.exists(given.crash_on):
        print("starting\nout of cheese", file=sys.stderr)
        return 3
    text = (
        "oh no"
        if given.garbage
        else json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "fake"}}, "results": list(results("."))}]})
    )
    if given.to:
        with open(given.to, "w", encoding="utf-8") as file:
            file.write(text)
    else:
        print(text)
    return 1


if __name__ == "__main__":
    sys.exit(main())
