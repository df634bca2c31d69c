import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callClient, startCall } from "../unit/client/call-client.ts";
import { FakeValetkey } from "../unit/client/fake-valetkey.ts";
import { CLIENT_ID, type PeopleProvider, peopleProvider } from "./login/people-provider.ts";

/** The hub that the person works for. The server at the other end of --url wants tokens for it. */
const REAL = "https://valetkey.corp.example/operate";

let people: PeopleProvider;
let server: FakeValetkey;
let named: unknown;
let config: string;
beforeAll(async () => {
  people = await peopleProvider(() => 600);
  people.serve(REAL);
});
afterAll(() => people.close());
beforeEach(async () => {
  config = mkdtempSync(join(tmpdir(), "valetkey-elsewhere-"));
  people.requests.length = 0;
  people.knowsResource = REAL;
  server = await new FakeValetkey().start();
  server.other = () => ({ status: 200, body: { audiences: { operate: named } } });
});
afterEach(async () => {
  await server.stop();
  rmSync(config, { recursive: true });
});

const login = (...more: string[]) =>
  startCall(["login", "--issuer", people.issuer, "--client-id", CLIENT_ID, "--json", "--wait", "1", ...more], {
    VALETKEY_URL: server.url,
    XDG_CONFIG_HOME: config,
  });

describe("I8: valetkey login, at a server that names another hub's audience", () => {
  it.each([[["--device"]], [[]]])("sends the issuer no request, and stores nothing: %j", async (more) => {
    named = REAL;
    const { code, stderr } = await login(...more).ended;
    expect([code, JSON.parse(stderr)]).toEqual([64, expect.objectContaining({ event: "another_audience" })]);
    // The message does not repeat the server's name for it: nobody is to be led to type it.
    expect(stderr).not.toContain("corp.example");
    expect(people.requests).toEqual([]);
    expect(existsSync(join(config, "valetkey"))).toBe(false);
  });

  it.each([
    ["another path", (url: string) => `${url}/operate/`],
    ["no path", (url: string) => url],
  ])("compares the whole URL: %s", async (_, like) => {
    named = like(server.url);
    expect(await login().ended).toMatchObject({ code: 64, stderr: expect.stringContaining("another_audience") });
  });

  it("requests the audience that the person names, as the resource (RFC 8707), and only that", async () => {
    named = REAL;
    const started = login("--audience", REAL);
    const { address } = JSON.parse(await started.said('"login"')) as { address: string };
    expect(new URL(address).searchParams.get("resource")).toBe(REAL);
    await started.ended;
    named = `${server.url}/operate`;
    expect(await login("--audience", REAL).ended).toMatchObject({ code: 64 });
  });
});

describe("I8: an operator's token", () => {
  const jwt = (aud: unknown) =>
    `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify({ aud })).toString("base64url")}.CANARY`;
  const agents = (token: string, ...more: string[]) =>
    callClient(["agents", "--json", ...more], {
      VALETKEY_URL: server.url,
      VALETKEY_OPERATOR_TOKEN: token,
      XDG_CONFIG_HOME: config,
    });

  it("is not sent to a URL that it is not for, unless the person allows it", async () => {
    server.other = () => ({ status: 200, body: { agents: [] } });
    const { code, stderr } = await agents(jwt(REAL));
    expect([code, stderr]).toEqual([66, expect.stringContaining(`is not for ${server.url}/operate`)]);
    expect(stderr).not.toContain("CANARY");
    expect(server.seen).toEqual([]);
    expect((await agents(jwt(`${server.url}/operate`))).code).toBe(0);
    expect((await agents(jwt([REAL]), "--audience", REAL)).code).toBe(0);
  });
});

describe("I8: an agent's token", () => {
  const jwt = (aud: unknown) => `e30.${Buffer.from(JSON.stringify({ aud })).toString("base64url")}.CANARY`;
  const exec = (token: string, ...more: string[]) =>
    callClient(
      [
        "exec",
        "--purpose",
        "a test",
        "--account",
        "111122223333",
        "--allow",
        "s3:GetObject=arn:aws:s3:::acme/*",
      ].concat(more, ["--", process.execPath, "-e", "0"]),
      { VALETKEY_URL: server.url, VALETKEY_TOKEN: token },
    );

  it("is not sent to a URL that it is not for, unless a flag allows it", async () => {
    const { code, stderr } = await exec(jwt("https://valetkey.corp.example"));
    expect([code, stderr]).toEqual([66, expect.stringContaining(`is not for ${server.url}`)]);
    expect(stderr).not.toContain("CANARY");
    expect(server.seen).toEqual([]);
    expect((await exec(jwt(server.url))).code).toBe(0);
    expect(
      (await exec(jwt(["https://valetkey.corp.example"]), "--audience", "https://valetkey.corp.example")).code,
    ).toBe(0);
  });
});
