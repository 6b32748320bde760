// Makes the npm packages of a release from built programs.
//
//   node packages/npm/build.mjs OUT PLATFORM=PROGRAM...
//
// writes OUT/perflint, the package that people install, and for each platform (`linux-x64`, `linux-x64-musl`,
// `darwin-arm64`, `win32-x64`, …: Node's names) OUT/PLATFORM with its program. The version is that of Cargo.toml.
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const [out, ...given] = process.argv.slice(2);
const programs = given.map((argument) => argument.split("="));
if (!out || programs.length === 0 || programs.some((parts) => parts.length !== 2)) {
  console.error("usage: node packages/npm/build.mjs OUT PLATFORM=PROGRAM...");
  process.exit(2);
}
const version = /^version = "(.+)"$/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];

function addTexts(folder) {
  for (const file of ["README.md", "LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, file), join(folder, file));
}

function write(folder, manifest) {
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, null, 2) + "\n");
}

const main = JSON.parse(readFileSync(join(here, "perflint", "package.json"), "utf8"));
rmSync(out, { recursive: true, force: true });
for (const [platform, program] of programs) {
  const [os, cpu, libc] = platform.split("-");
  const folder = join(out, platform);
  mkdirSync(folder, { recursive: true });
  const file = os === "win32" ? "perflint.exe" : "perflint";
  copyFileSync(program, join(folder, file));
  chmodSync(join(folder, file), 0o755);
  write(folder, {
    name: `@perflint/${platform}`,
    version,
    description: `perflint's program for ${platform}`,
    license: main.license,
    os: [os],
    cpu: [cpu],
    ...(os === "linux" ? { libc: [libc ?? "glibc"] } : {}),
    files: [file],
    preferUnplugged: true,
  });
  addTexts(folder);
  main.optionalDependencies[`@perflint/${platform}`] = version;
}
const folder = join(out, "perflint");
cpSync(join(here, "perflint"), folder, { recursive: true });
write(folder, { ...main, version });
addTexts(folder);
