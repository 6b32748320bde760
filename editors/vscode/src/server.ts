// Which perflint is run, and whether it can be.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** What decides which perflint is run. */
export interface Surroundings {
  /** `perflint.path`; empty if it is not set. */
  configured: string;
  /** The folders of the workspace, absolute. */
  folders: readonly string[];
  /** Whether what the workspace brings may be run. */
  trusted: boolean;
  /** The variable `PATH`. */
  path: string;
  platform: NodeJS.Platform;
}

/** Why no server can be started, and what to do. */
export class StartFailure extends Error {
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(`${message} ${remedy}`);
  }
}

const INSTALL = "Install it (`cargo install perflint`, `npm install --save-dev perflint`, `pip install perflint-backend`)";

/** The perflint to run: the configured one, the workspace's, or that on the `PATH`. */
export function findServer(around: Surroundings, exists: (path: string) => boolean = existsSync): string {
  const names = around.platform === "win32" ? ["perflint.exe", "perflint.cmd"] : ["perflint"];
  if (around.configured !== "") {
    const found = candidates([around.configured], around.folders).find(exists);
    if (found === undefined) {
      throw new StartFailure(`There is no ${around.configured}.`, "Correct the setting `perflint.path`, or empty it.");
    }
    return found;
  }
  const inside = around.platform === "win32" ? ["node_modules/.bin", ".venv/Scripts"] : ["node_modules/.bin", ".venv/bin"];
  const own = around.trusted ? around.folders.flatMap((folder) => inside.map((place) => join(folder, place))) : [];
  const folders = [...own, ...around.path.split(delimiter).filter((folder) => folder !== "")];
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(exists);
  if (found === undefined) {
    throw new StartFailure("perflint is not installed.", `${INSTALL}, or set \`perflint.path\`.`);
  }
  return found;
}

/** A path as it may be meant: as it stands, or from one of the folders. */
function candidates(paths: readonly string[], folders: readonly string[]): string[] {
  return paths.flatMap((path) => (isAbsolute(path) ? [path] : folders.map((folder) => join(folder, path))));
}

/** Makes sure that a program is a perflint with a language server; its version. */
export async function checkServer(program: string): Promise<string> {
  const version = await output(program, ["--version"]);
  const found = /^perflint (\S+)/.exec(version);
  if (found?.[1] === undefined) {
    throw new StartFailure(`${program} is no perflint.`, "Correct the setting `perflint.path`.");
  }
  try {
    await output(program, ["lsp", "--help"]);
  } catch {
    throw new StartFailure(`${program} (${found[1]}) has no language server.`, "Install a newer perflint.");
  }
  return found[1];
}

function output(program: string, args: readonly string[]): Promise<string> {
  const shell = program.endsWith(".cmd");
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: 20_000, shell }, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
      } else {
        const said = stderr.trim().split("\n").slice(-5).join("\n");
        reject(new StartFailure(`${program} cannot be run: ${said || error.message}`, "See the output."));
      }
    });
  });
}
