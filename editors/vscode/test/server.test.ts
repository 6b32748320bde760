import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";

import { checkServer, findServer, StartFailure, type Surroundings } from "../src/server";
import { serverSettings } from "../src/settings";
import { failed, shown } from "../src/status";

const around = (some: Partial<Surroundings> = {}): Surroundings => ({
  configured: "",
  folders: ["/shop", "/tools"],
  trusted: true,
  path: ["/usr/bin", "/opt/bin"].join(delimiter),
  platform: "linux",
  ...some,
});

const among =
  (...paths: string[]) =>
  (path: string): boolean =>
    paths.includes(path);

test("the workspace's perflint is run before that on the PATH", () => {
  const all = among("/opt/bin/perflint", "/tools/.venv/bin/perflint");
  assert.equal(findServer(around(), all), "/tools/.venv/bin/perflint");
  assert.equal(findServer(around({ folders: [] }), all), "/opt/bin/perflint");
});

test("what an untrusted workspace brings is not run", () => {
  const all = among("/shop/node_modules/.bin/perflint", "/usr/bin/perflint");
  assert.equal(findServer(around({ trusted: false }), all), "/usr/bin/perflint");
});

test("a configured path is the only one, and may count from a folder", () => {
  assert.equal(findServer(around({ configured: "bin/perflint" }), among("/tools/bin/perflint")), "/tools/bin/perflint");
  const missing = (): string => findServer(around({ configured: "/no/perflint" }), among("/usr/bin/perflint"));
  assert.throws(missing, (error) => error instanceof StartFailure && /perflint\.path/.test(error.message));
});

test("where there is none, it is said how to install one", () => {
  assert.throws(
    () => findServer(around(), () => false),
    (error) => error instanceof StartFailure && /cargo install perflint/.test(error.remedy),
  );
});

const program = (script: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), "perflint-")), "perflint");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
};

test("a program that is no perflint, or too old, or cannot be run, is refused", async () => {
  await assert.rejects(checkServer(program("echo something else")), /is no perflint/);
  const old = program('[ "$1" = --version ] && echo "perflint 0.0.1" || { echo "unknown command" >&2; exit 2; }');
  await assert.rejects(checkServer(old), /has no language server/);
  await assert.rejects(checkServer(program("echo broken >&2; exit 3")), /cannot be run: broken/);
  assert.equal(await checkServer(program('echo "perflint 1.2.3"')), "1.2.3");
});

test("settings that are empty are not set", () => {
  const values: Record<string, unknown> = { enable: false, config: "", minConfidence: "high" };
  const settings = serverSettings(<T>(name: string) => values[name] as T | undefined);
  assert.deepEqual(settings, {
    enable: false,
    config: null,
    run: "onType",
    minConfidence: "high",
    openFilesOnly: false,
    statusNotification: true,
  });
});

test("the status bar says how many findings there are, and what is wrong", () => {
  assert.equal(shown({ state: "ready", findings: 1, message: "" }, "1.0").tooltip, "perflint 1.0: 1 finding");
  assert.ok(shown({ state: "broken", findings: 0, message: "no such rule" }, "1.0").tooltip.endsWith("no such rule"));
  assert.ok(shown({ state: "scanning", findings: 0, message: "" }, "1.0").text.includes("spin"));
  assert.ok(failed("gone").warns);
});
