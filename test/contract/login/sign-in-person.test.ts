import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Browser } from "../../../local/issuer/browser.ts";
import { startCall } from "../../unit/client/call-client.ts";
import { CANARY, FakeValetkey } from "../../unit/client/fake-valetkey.ts";
import { execArgs, IDENTITY, type Program } from "../../unit/client/run-client.ts";
import { CLIENT_ID, type PeopleProvider, peopleProvider } from "./people-provider.ts";

let people: PeopleProvider;
let service: FakeValetkey;
/** The user's folder of configuration. */
let config: string;
beforeAll(async () => {
  for (const method of ["warn", "info"] as const) vi.spyOn(console, method).mockReturnValue();
  people = await peopleProvider(() => 600);
});
afterAll(() => people.close());
beforeEach(async () => {
  service = await new FakeValetkey().start();
  people.serve(service.url);
  people.knowsResource = service.url;
  people.requests.length = 0;
  config = mkdtempSync(join(tmpdir(), "valetkey-person-"));
});
afterEach(async () => {
  await service.stop();
  rmSync(config, { recursive: true });
});

const file = () => join(config, "valetkey", "logins.json");
/** Stores a login as `valetkey login` does, for the operators' routes. */
function loggedIn(): string {
  mkdirSync(join(config, "valetkey"), { mode: 0o700 });
  const audience = `${service.url}/operate`;
  const login = {
    token: `h.${Buffer.from(JSON.stringify({ aud: audience })).toString("base64url")}.s`,
    refreshToken: "refresh",
    expiresAtMs: Date.now() + 600_000,
    issuer: people.issuer,
    clientId: CLIENT_ID,
    audience,
    resource: audience,
  };
  const text = JSON.stringify({ [service.url]: login });
  writeFileSync(file(), text, { mode: 0o600 });
  return text;
}

/** Runs a program for the person who signs in. */
const start = (program: Program, more: Readonly<Record<string, string>> = {}) =>
  startCall(execArgs(service.url, program, ["--on-behalf-of", "login", "--json"]), {
    ...IDENTITY,
    XDG_CONFIG_HOME: config,
    HOME: config,
    ...more,
  });
const tokenRequests = () => service.of("POST", "/v1/token");

describe("valetkey exec --on-behalf-of login", () => {
  it("makes the person sign in for this task, for the exchange alone, and gives the token to nobody else", async () => {
    const before = loggedIn();
    const run = start(["env"]);
    const { address } = JSON.parse(await run.said('"login"')) as { address: string };
    const query = new URL(address).searchParams;
    expect([query.get("resource"), query.get("scope"), query.get("prompt")]).toEqual([service.url, "openid", null]);
    const browser = new Browser();
    await browser.open(address);
    await browser.submit({ login: "pat", password: "anything" });
    await browser.submit();
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);

    const form = new URLSearchParams(tokenRequests()[0]?.body);
    const token = form.get("subject_token") ?? "";
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({ iss: people.issuer, sub: "pat", aud: service.url });
    expect(form.get("actor_token")).toBe(CANARY.identity);
    // The command, the screen and the files do not contain the token. No token was requested that could bring another
    // one.
    expect(stdout + stderr).not.toContain(token);
    expect(stdout).not.toContain("refresh");
    expect(readFileSync(file(), "utf8")).toBe(before);
    expect(people.requests.filter((each) => each === "POST /token")).toHaveLength(1);
  });

  it("never sends the login that valetkey login stored: it is for the operators' routes", async () => {
    const before = loggedIn();
    people.knowsResource = `${service.url}/operate`;
    const run = start(["true"]);
    const { address } = JSON.parse(await run.said('"login"')) as { address: string };
    const browser = new Browser();
    await browser.open(address);
    const { code, stderr } = await run.ended;
    expect([code, tokenRequests()]).toEqual([66, []]);
    expect(stderr).toContain("the login at");
    expect(readFileSync(file(), "utf8")).toBe(before);
  });

  it("reports what to do where nobody has logged in, and requests nothing", async () => {
    const { code, stderr } = await start(["true"]).ended;
    expect([code, tokenRequests(), existsSync(file())]).toEqual([66, [], false]);
    expect(stderr).toContain(`valetkey login --url ${service.url}`);
  });

  it("starts no sign-in inside a task, where an agent would start it", async () => {
    loggedIn();
    const { code, stderr } = await start(["true"], { VALETKEY_TASK: "0123456789abcdef" }).ended;
    expect([code, tokenRequests(), people.requests]).toEqual([77, [], []]);
    expect(stderr).toContain("inside task");
  });
});
