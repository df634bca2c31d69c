import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { goProgramOf } from "../go.ts";
import { install } from "../install.ts";
import { BUILT } from "../python.ts";
import type { Programs } from "./emulator.ts";

const EMULATOR = "github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie";
const MANIFEST = fileURLToPath(new URL("runtime/", import.meta.url));

/** Builds the emulator, and installs Lambda's runtime for Node.js once for its lock file. That compiles for three minutes. */
export function programs(): Programs {
  const lock = readFileSync(join(MANIFEST, "package-lock.json"));
  const folder = join(BUILT, `lambda-${createHash("sha256").update(lock).digest("hex").slice(0, 12)}`);
  const installed = join(folder, "installed");
  if (!existsSync(installed)) {
    process.stdout.write("building Lambda's runtime, once\n");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    cpSync(MANIFEST, folder, { recursive: true });
    // Node's own headers come with Node, so that nothing is fetched for them.
    const nodedir = dirname(dirname(process.execPath));
    const headers = existsSync(join(nodedir, "include")) ? { npm_config_nodedir: nodedir } : {};
    install("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, env: { ...process.env, ...headers } });
    writeFileSync(installed, "");
  }
  const runtime = join(folder, "node_modules", "aws-lambda-ric", "index.mjs");
  return { emulator: goProgramOf("lambda", EMULATOR), runtime };
}
