import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { serveCrm } from "../../contract/proxies/crm.ts";
import { install } from "../install.ts";
import { BUILT } from "../python.ts";

// nono, a sandbox whose proxy injects credentials, takes one from a file of `valetkey serve`: `npm run judges -- nono`. Its first
// run compiles for a quarter of an hour. Needs cargo, and Linux with Landlock.
const VERSION = "0.81.0";
const root = join(BUILT, `nono-${VERSION}`);
const program = join(root, "bin/nono");
if (!existsSync(program)) {
  mkdirSync(BUILT, { recursive: true });
  install("cargo", ["install", "nono-cli", "--version", VERSION, "--locked", "--debug", "--root", root]);
}

const TIMEOUT_MS = 60_000;

/** Agent in the sandbox: calls the service through the proxy and beside it, and looks for the key. */
const AGENT = `
through=$(curl -s -o /dev/null -w '%{http_code}' "$CRM_BASE_URL/contacts" -H "Authorization: Bearer $CRM_API_KEY")
file=$(cat "$1" 2> /dev/null || echo unreadable)
printf '{"through":"%s","file":"%s","environment":"%s"}' "$through" "$file" "$(env | base64 | tr -d '\\n')"
`;

const world = await serveCrm();
try {
  const profile = join(world.folder, "profile.json");
  const crm = {
    upstream: world.crm.url,
    ...{ credential_key: `file://${world.file}`, env_var: "CRM_API_KEY" },
    ...{ inject_mode: "header", inject_header: "Authorization", credential_format: "Bearer {}" },
  };
  const network = { credentials: ["crm"], custom_credentials: { crm } };
  writeFileSync(profile, JSON.stringify({ meta: { name: "crm", version: "1.0.0" }, network }));
  const args = ["run", "--silent", "--profile", profile, "--", "sh", "-c", AGENT, "sh", world.file];
  const { stdout } = await promisify(execFile)(program, args, { timeout: TIMEOUT_MS });
  const met = JSON.parse(stdout) as Readonly<Record<"through" | "file" | "environment", string>>;
  const environment = Buffer.from(met.environment, "base64").toString();
  assert.deepEqual([met.through, met.file], ["200", "unreadable"]);
  assert.ok(!environment.includes(world.value));
  console.log(
    "the agent reached the service by a key that is neither in its environment nor in a file that it can read",
  );
} finally {
  await world.close();
}
