#!/usr/bin/env node
// Runs the program of the package for this platform, which npm installs as an optional dependency.
"use strict";

const { spawnSync } = require("node:child_process");
const { constants } = require("node:os");

// glibc is named in the report of the process that runs; where it is not, it is another C library.
function usesMusl() {
  if (process.platform !== "linux") return false;
  const { header } = process.report.getReport();
  return !header.glibcVersionRuntime;
}

function program() {
  const name = `@perflint/${process.platform}-${process.arch}${usesMusl() ? "-musl" : ""}`;
  const file = process.platform === "win32" ? "perflint.exe" : "perflint";
  try {
    return require.resolve(`${name}/${file}`);
  } catch {
    console.error(
      `error: perflint has no program for this platform: the package ${name} is not installed.\n` +
        "If npm was told to leave out optional dependencies, install them; if there is no such package, build perflint " +
        "with Rust: cargo install perflint",
    );
    process.exit(2);
  }
}

const run = spawnSync(program(), process.argv.slice(2), { stdio: "inherit" });
if (run.error) {
  console.error(`error: perflint cannot be run: ${run.error.message}`);
  process.exit(2);
}
// As a shell says it of a program that a signal ended.
process.exit(run.signal ? 128 + (constants.signals[run.signal] ?? 0) : run.status);
