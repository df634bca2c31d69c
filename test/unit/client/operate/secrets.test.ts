import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callClient } from "../call-client.ts";
import { FakeValetkey, type Reply } from "../fake-valetkey.ts";
import { CLIENT } from "../run-client.ts";
import { atTerminal, hasTerminals } from "./at-terminal.ts";

const TOKEN = "eyCANARYop0.eyCANARYop1.CANARYop2";
const LOGIN = {
  id: "databases~app",
  name: "databases/app",
  exclusive: true,
  delivery: "value",
  database: "orders",
  status: "held",
  held_by: "k7f3m2q9x4ab.",
  held_until: "2026-11-24T12:15:00Z",
  rotation: {
    kind: "postgres-single",
    in_progress: false,
    rotated_at: "2026-11-23T12:00:00Z",
    next_at: "2026-11-25T12:00:00Z",
    waits_until: "2026-11-24T12:16:00Z",
  },
  exposure: { reads: 2, tasks: ["k7f3m2q9x4ab.", "a1b2c3d4e5f6."], since: "2026-11-24T12:00:00Z" },
};
const KEY = {
  id: "api-key",
  name: "api-key",
  exclusive: false,
  delivery: "session",
  status: "free",
  rotation: { kind: "none", in_progress: false },
  exposure: { reads: 0, tasks: [] },
};
const ASKED = { ...LOGIN, rotation: { ...LOGIN.rotation, asked_at: "2026-11-24T12:01:00Z" } };

let valetkey: FakeValetkey;
let folder: string;
/** The service's answers, by `METHOD path`. */
let answers: Record<string, Reply>;
beforeEach(async () => {
  valetkey = await new FakeValetkey().start();
  folder = mkdtempSync(join(tmpdir(), "valetkey-secrets-"));
  answers = {
    "GET /v1/secrets": ok({ secrets: [LOGIN], next: "2" }),
    "GET /v1/secrets?after=2": ok({ secrets: [KEY] }),
    "GET /v1/secrets/databases~app": ok(LOGIN),
    "POST /v1/secrets/databases~app/rotate": { status: 202, body: ASKED },
  };
  valetkey.other = ({ method, path }) =>
    answers[`${method} ${path}`] ?? {
      status: 404,
      body: { code: "secret_not_found", error_description: "There is no such secret." },
    };
});
afterEach(async () => {
  await valetkey.stop();
  rmSync(folder, { recursive: true });
});

const ok = (body: unknown): Reply => ({ status: 200, body });
const env = () => ({ VALETKEY_URL: valetkey.url, VALETKEY_OPERATOR_TOKEN: TOKEN, XDG_CONFIG_HOME: folder });
const run = (...args: string[]) => callClient(["secrets", ...args], env());
const requests = () => valetkey.seen.map(({ method, path }) => `${method} ${path}`);
/** The cells of a line of a table. */
const cells = (line: string | undefined) => line?.split(/ {2,}/);

describe("valetkey secrets", () => {
  it("lists every page: where each is used, who holds it, its rotations, its exposure, and what is pending", async () => {
    const { stdout, code } = await run();
    expect(code).toBe(0);
    const [headings, login, key] = stdout.split("\n");
    expect(cells(headings)).toEqual([
      ...["NAME", "KIND", "WHERE USED", "HELD BY", "LAST ROTATION", "NEXT", "EXPOSED SINCE", "PENDING"],
    ]);
    expect(cells(login)).toEqual([
      ...["databases/app", "postgres-single", "database orders, 2 tasks", "k7f3m2q9x4ab."],
      ...["2026-11-23T12:00:00Z", "2026-11-25T12:00:00Z", "2026-11-24T12:00:00Z"],
      "rotation after its use, not before 2026-11-24T12:16:00Z",
    ]);
    expect(cells(key)).toEqual(["api-key", "none"]);
    expect(JSON.parse((await run("list", "--json")).stdout)).toEqual({ secrets: [LOGIN, KEY] });
    expect(valetkey.seen[0]?.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it("prints that there are none", async () => {
    answers["GET /v1/secrets"] = ok({ secrets: [] });
    expect((await run()).stdout).toBe("There are no managed secrets.\n");
  });

  it.each([[["databases/app"]], [["show", "databases/app"]]])("shows one in full: %j", async (words) => {
    const { stdout, code } = await run(...words);
    expect(code).toBe(0);
    for (const line of [
      /^is +held$/m,
      /^goes to +one task at a time$/m,
      /^database +orders$/m,
      /^held until +2026-11-24T12:15:00Z$/m,
      /^rotated +postgres-single$/m,
      /^exposed since +2026-11-24T12:00:00Z$/m,
      /^seen by task +a1b2c3d4e5f6\.$/m,
    ])
      expect(stdout).toMatch(line);
    expect(JSON.parse((await run(...words, "--json")).stdout)).toEqual(LOGIN);
  });

  it.each([
    [{ rotation: { ...LOGIN.rotation, in_progress: true } }, "is being rotated"],
    [{ rotation: ASKED.rotation }, "rotation asked for, not before 2026-11-24T12:16:00Z"],
    [{ rotation: KEY.rotation }, undefined],
  ])("prints what is pending: %j", async (changes, pending) => {
    answers["GET /v1/secrets/databases~app"] = ok({ ...LOGIN, ...changes });
    const { stdout } = await run("databases/app");
    expect(/^pending +(.*)$/m.exec(stdout)?.[1]).toBe(pending);
  });

  it("prints nothing that a terminal would obey", async () => {
    answers["GET /v1/secrets"] = ok({ secrets: [{ ...LOGIN, name: "evil\u001b[2J\napi-key  none" }] });
    const { stdout } = await run();
    expect(stdout).not.toContain("\u001b");
    expect(stdout.split("\n")).toHaveLength(3);
  });
});

describe("valetkey secrets rotate", () => {
  it("requests it with a yes, and prints what is pending", async () => {
    const { stdout, code } = await run("rotate", "databases/app", "--yes");
    expect(code).toBe(0);
    expect(stdout).toBe("Asked: databases/app: rotation asked for, not before 2026-11-24T12:16:00Z.\n");
    expect(requests()).toEqual(["POST /v1/secrets/databases~app/rotate"]);
    expect(JSON.parse((await run("rotate", "databases/app", "--yes", "--json")).stdout)).toEqual(ASKED);
  });

  it("does nothing without one where there is nobody to answer", async () => {
    expect(await run("rotate", "databases/app")).toMatchObject({
      code: 64,
      stdout: "",
      stderr: expect.stringContaining("give --yes"),
    });
    expect(requests()).toEqual([]);
  });

  it.runIf(hasTerminals).each([
    ["y\n", 0, ["POST /v1/secrets/databases~app/rotate"]],
    ["n\n", 64, []],
    ["\n", 64, []],
    ["\u0004", 64, []],
  ])("requires a yes of the person at a terminal, who answers %j", async (typed, code, calls) => {
    const args = [CLIENT, "secrets", "rotate", "databases/app"];
    const ended = await atTerminal(args, env(), { after: "[y/N]", says: typed });
    expect([ended.code, requests()]).toEqual([code, calls]);
    expect(ended.screen).toContain("rotate databases/app: it gets another value within minutes");
  });

  it("prints that a secret is not rotated by valetkey", async () => {
    const refusal = { code: "secret_not_rotated", error_description: "valetkey does not rotate it." };
    answers["POST /v1/secrets/api-key/rotate"] = { status: 400, body: refusal };
    expect(await run("rotate", "api-key", "--yes")).toMatchObject({
      code: 65,
      stderr: expect.stringContaining("does not rotate it"),
    });
  });
});

describe("valetkey secrets, wrongly called,", () => {
  it.each([
    [["rotate", "--yes"], 64, /say which secret/],
    [["show"], 64, /say which secret/],
    [["one", "two"], 64, /too many arguments/],
    [["list", "one"], 64, /too many arguments/],
    [["one", "--yes"], 64, /--yes goes with/],
    [["--watch"], 64, /--watch is unknown/],
    // None of these may become another address.
    [[".."], 64, /a secret's name has only/],
    [["rotate", "..", "--yes"], 64, /a secret's name has only/],
    [["a?b"], 64, /a secret's name has only/],
    [["a~b"], 64, /a secret's name has only/],
    [["rotate", "a#b", "--yes"], 64, /a secret's name has only/],
  ])("sends no request for %j", async (args, code, sentence) => {
    expect(await run(...args)).toMatchObject({ code, stderr: expect.stringMatching(sentence) });
    expect(requests()).toEqual([]);
  });

  it("reports a secret that does not exist by exit code 65", async () => {
    expect(await run("none")).toMatchObject({ code: 65, stderr: expect.stringContaining("no such secret") });
  });
});
