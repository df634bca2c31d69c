import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMMANDS } from "../../../client/commands.ts";
import { OPERATOR_HELP } from "../../../client/operate/help.ts";
import { childEnv } from "../../../client/process/child-env.ts";
import { callClient } from "./call-client.ts";
import { CANARY, FakeValetkey, TASK_ID } from "./fake-valetkey.ts";
import { execArgs } from "./run-client.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DOCS = readFileSync(`${ROOT}docs/client.md`, "utf8");

/** The rows of the table of variables. `secret` takes the rows of a token, and of the way to one. */
const rows = [...DOCS.matchAll(/^\| (`[A-Z][^|]*) \| ([^|]*) \|$/gm)].map(([, names = "", says = ""]) => ({
  names,
  says,
}));
const namesIn = (text: string) => [...text.matchAll(/`(VALETKEY_[A-Z0-9_]+)`/g)].map(([, name = ""]) => name);
const secret = rows
  .filter(({ says }) => /OIDC token$|Authorization|addresses of/.test(says))
  .flatMap(({ names }) => namesIn(names));

/** Every variable of ours that the client or its document names at all. */
const sources = readdirSync(`${ROOT}client`, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);
const everything = [DOCS, ...sources.map((name) => readFileSync(`${ROOT}client/${name}`, "utf8"))].join("\n");
const known = [...new Set([...everything.matchAll(/VALETKEY_[A-Z0-9_]*[A-Z0-9]/g)].map(([name]) => name))];
const KEPT = ["VALETKEY_URL", "VALETKEY_ACCOUNT", "VALETKEY_AUDIENCE"];

const endpoint = { uri: (name: string) => `http://127.0.0.1:1/${name}`, token: "loopback", close: async () => {} };
const task = { id: TASK_ID, credentials: [], issued: [] };
const planted = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, `CANARY of ${name}`]));

let service: FakeValetkey;
let folder: string;
beforeEach(async () => {
  service = await new FakeValetkey().start();
  folder = mkdtempSync(join(tmpdir(), "valetkey-inside-"));
});
afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

describe("I8: the command's environment", () => {
  it("is without every variable that docs/client.md gives a token to, and an operator's is among them", () => {
    expect(secret).toEqual(
      expect.arrayContaining(["VALETKEY_TOKEN", "VALETKEY_TOKEN_FILE", "VALETKEY_OPERATOR_TOKEN"]),
    );
    expect(secret).toContain("VALETKEY_OPERATOR_TOKEN_FILE");
    expect(JSON.stringify(childEnv(planted(secret), task, endpoint))).not.toContain("CANARY");
  });

  it("holds of VALETKEY_ what names no credential, and nothing else, in whatever case and however new", () => {
    expect(known.length).toBeGreaterThan(10);
    const further = ["VALETKEY_", "VALETKEY_TOKEN_OF_NEXT_YEAR", "valetkey_operator_token", "VALETKEY_URLS"];
    const given = childEnv(planted([...known, ...further]), task, endpoint);
    const probeSessions = Object.entries(given).filter(([, value]) => value?.includes("CANARY"));
    expect(probeSessions.map(([name]) => name).toSorted()).toEqual([...KEPT].toSorted());
  });

  it("is that of the running command too", async () => {
    const env = planted(
      [...known, "VALETKEY_NEW"].filter(
        (name) => !KEPT.includes(name) && !/^VALETKEY_(TOKEN|DELEGATION(_FILE)?$)/.test(name),
      ),
    );
    const { code, stdout } = await callClient(execArgs(service.url, ["env"]), {
      ...env,
      VALETKEY_TOKEN: CANARY.identity,
      VALETKEY_DELEGATION: CANARY.delegation,
    });
    expect(code).toBe(0);
    expect(stdout).toContain(TASK_ID);
    expect(stdout).not.toContain("CANARY");
  });
});

describe("I8: inside a task", () => {
  // Two commands that only look: doctor without the operator's token, and config at files alone.
  const operators = Object.keys(OPERATOR_HELP).filter((name) => !["doctor", "config"].includes(name));
  const words: Readonly<Record<string, readonly string[]>> = {
    login: ["--issuer", "https://login.example.com", "--client-id", "x"],
    agents: ["suspend", "tickets"],
    apply: ["-f", "agents.yaml", "--yes"],
    revoke: [TASK_ID],
    receipt: [TASK_ID],
    secrets: ["rotate", "a", "--yes"],
    offboard: ["tickets", "--yes"],
    panic: ["--reason", "x", "--yes"],
  };

  it.each(operators)("%s refuses, names the remedy, and sends nothing", async (command) => {
    expect(Object.keys(COMMANDS)).toContain(command);
    const { code, stderr } = await callClient([command, ...(words[command] ?? [])], {
      VALETKEY_TASK: TASK_ID,
      VALETKEY_URL: service.url,
      VALETKEY_OPERATOR_TOKEN: CANARY.identity,
      XDG_CONFIG_HOME: folder,
    });
    expect([code, stderr]).toEqual([77, expect.stringContaining(`inside task ${TASK_ID}`)]);
    expect(stderr).toContain("in a shell of your own");
    expect(service.seen).toEqual([]);
  });

  it("config looks at files alone, and sends nothing", async () => {
    const env = { VALETKEY_TASK: TASK_ID, VALETKEY_URL: service.url, VALETKEY_OPERATOR_TOKEN: CANARY.identity };
    const { code, stdout, stderr } = await callClient(["config", "check", "--config", join(folder, "none.json")], env);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("none.json");
    expect(service.seen).toEqual([]);
  });

  it("doctor looks without the operator's token", async () => {
    const env = { VALETKEY_TASK: TASK_ID, VALETKEY_URL: service.url, VALETKEY_OPERATOR_TOKEN: CANARY.identity };
    const { stdout } = await callClient(["doctor", "--config", join(folder, "none.json")], env);
    expect(stdout).toMatch(/^operator +skipped +this is inside task/m);
    expect(service.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });
});
