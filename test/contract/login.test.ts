import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Browser } from "../../local/issuer/browser.ts";
import { type Called, callClient, startCall } from "../unit/client/call-client.ts";
import { FakeValetkey } from "../unit/client/fake-valetkey.ts";
import { atTerminal, hasTerminals } from "../unit/client/operate/at-terminal.ts";
import { CLIENT, type Run, runClient, startClient } from "../unit/client/run-client.ts";
import { CLIENT_ID, namedFor, type PeopleProvider, peopleProvider } from "./login/people-provider.ts";
import { type RunningCloud, runCloud } from "./running-cloud.ts";

let people: PeopleProvider;
let running: RunningCloud;
let audience: string;
let tokenSeconds: number;
/** The operator's folder of configuration. */
let config: string;
beforeAll(async () => {
  for (const method of ["warn", "info"] as const) vi.spyOn(console, method).mockReturnValue();
  people = await peopleProvider(() => tokenSeconds);
  running = await runCloud({ people: people.issuer });
  audience = `${running.url}/operate`;
  people.serve(audience);
});
afterAll(async () => {
  await running.close();
  await people.close();
});
beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), "valetkey-login-"));
  tokenSeconds = 600;
  people.knowsResource = audience;
  people.tokenDelayMs = 0;
  people.requests.length = 0;
});
afterEach(() => rmSync(config, { recursive: true }));

const env = () => ({ VALETKEY_URL: running.url, XDG_CONFIG_HOME: config });
const words = (...more: string[]) => ["login", "--issuer", people.issuer, "--client-id", CLIENT_ID, "--json", ...more];
const start = (...more: string[]) => startCall(words(...more), env());
const agents = () => callClient(["agents", "--json"], env());
/** Runs in a process of its own, so that several run at once. */
const agentsInProcess = () => runClient(["agents", "--json"], env());
const file = () => join(config, "valetkey", "logins.json");
const stored = () => JSON.parse(readFileSync(file(), "utf8"))[running.url];
const signInOf = async (login: Called) => JSON.parse(await login.said('"login"')) as { address: string; code?: string };

/** Acts as a person in front of the issuer's pages. */
async function logIn(browser: Browser, name = "ann"): Promise<void> {
  await browser.submit({ login: name, password: "anything" });
  await browser.submit();
}

describe("valetkey login, in a browser", () => {
  it("stores a token that the deployment accepts as the operator's, in a file of the operator's own", async () => {
    const login = startClient(words(), env());
    const browser = new Browser();
    await browser.open((await signInOf(login)).address);
    await logIn(browser);
    expect([browser.status, browser.html]).toEqual([200, expect.stringContaining("go back to the terminal")]);
    expect(await login.ended).toMatchObject({ code: 0, stdout: "" });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(config, "valetkey")).mode & 0o777).toBe(0o700);
    const { stdout, code } = await agents();
    expect(code).toBe(0);
    expect(JSON.parse(stdout).agents.map(({ id }: { id: string }) => id)).toEqual(["demo", "tickets"]);
  });

  it("names who has logged in, and whose login is there no more", async () => {
    const as = async (name: string) => {
      const login = start();
      const browser = new Browser();
      await browser.open((await signInOf(login)).address);
      await logIn(browser, name);
      const { stderr } = await login.ended;
      return JSON.parse(stderr.split("\n").find((line) => line.includes('"logged_in"')) ?? "{}");
    };
    const first = await as("ann");
    expect([first.as, first.in_place_of]).toEqual(["ann", undefined]);
    expect((await as("ann")).in_place_of).toBeUndefined();
    const second = await as("bob");
    expect([second.as, second.in_place_of]).toEqual(["bob", "ann"]);
    expect(second.message).toMatch(/^logged in as bob until .*, in place of the login of ann$/);
  });

  it("requests what RFC 7636, RFC 8252 and RFC 8707 require, and prints no secret", async () => {
    const login = start("--wait", "1");
    const address = new URL((await signInOf(login)).address);
    expect(Object.fromEntries(address.searchParams)).toEqual({
      client_id: CLIENT_ID,
      response_type: "code",
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
      scope: "openid offline_access",
      prompt: "consent",
      resource: audience,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(await login.ended).toMatchObject({ code: 66, stderr: expect.stringContaining("nobody came back") });
    expect(() => stored()).toThrow("ENOENT");
  });

  it("waits for its own answer, whatever else comes to its port", async () => {
    const login = start();
    const { address } = await signInOf(login);
    const callback = new URL(address).searchParams.get("redirect_uri") ?? "";
    for (const [path, method] of [
      ["?code=stolen&state=another", "GET"],
      ["?error=access_denied", "GET"],
      ["/../x", "GET"],
      [`?code=x&state=${new URL(address).searchParams.get("state")}`, "POST"],
    ])
      expect((await fetch(`${callback}${path}`, { method: method ?? "" })).status).toBe(404);
    const browser = new Browser();
    await browser.open(address);
    await logIn(browser);
    expect((await login.ended).code).toBe(0);
  });

  it("reports a refusal by the person or the issuer, and stores nothing", async () => {
    const login = start();
    const browser = new Browser();
    await browser.open((await signInOf(login)).address);
    await browser.follow("/abort");
    expect(await login.ended).toMatchObject({ code: 66, stderr: expect.stringContaining("the login was refused") });
    expect(() => stored()).toThrow("ENOENT");
  });

  it("fails where the code that comes with our state is not the issuer's", async () => {
    const login = start();
    const address = new URL((await signInOf(login)).address);
    const callback = new URL(address.searchParams.get("redirect_uri") ?? "");
    callback.search = new URLSearchParams({
      code: "forged",
      iss: people.issuer,
      state: address.searchParams.get("state") ?? "",
    }).toString();
    await fetch(callback);
    expect(await login.ended).toMatchObject({ code: 66, stderr: expect.stringContaining("(invalid_grant)") });
    expect(() => stored()).toThrow("ENOENT");
  });

  it("accepts the ID token of an issuer that knows no resources, if the client has the required name", async () => {
    const login = start("--client-id", namedFor(audience), "--resource", "");
    const browser = new Browser();
    await browser.open((await signInOf(login)).address);
    await logIn(browser);
    expect((await login.ended).code).toBe(0);
    expect((await agents()).code).toBe(0);
  });

  it("stores no token that the deployment would refuse, and reports what the issuer has to know", async () => {
    const login = start("--resource", "");
    const browser = new Browser();
    await browser.open((await signInOf(login)).address);
    await logIn(browser);
    const { code, stderr } = await login.ended;
    expect([code, stderr]).toEqual([66, expect.stringContaining(`gave no token for ${audience} only`)]);
    expect(() => stored()).toThrow("ENOENT");
  });

  it("makes nobody an operator: the deployment decides that", async () => {
    const login = start();
    const browser = new Browser();
    await browser.open((await signInOf(login)).address);
    await logIn(browser, "mallory");
    expect((await login.ended).code).toBe(0);
    expect(await agents()).toMatchObject({ code: 77, stdout: "" });
  });
});

describe("valetkey login, without flags", () => {
  const bare = (...more: string[]) => startCall(["login", "--json", ...more], env());
  const named = () => JSON.parse(readFileSync(join(config, "valetkey", "config.json"), "utf8"));
  async function signedIn(login: Called): Promise<Run> {
    const browser = new Browser();
    await browser.open((await signInOf(login)).address);
    await logIn(browser);
    return await login.ended;
  }

  it("signs in where the hub points, once the person has agreed; later by name, without a question", async () => {
    expect(await bare().ended).toMatchObject({
      code: 64,
      stderr: expect.stringContaining(`${people.issuer} (client ${CLIENT_ID})`),
    });
    expect(people.requests).toEqual([]);
    expect((await signedIn(bare("--yes", "--name", "prod"))).code).toBe(0);
    expect(named()).toEqual({
      current: "prod",
      deployments: { prod: { url: running.url, signIn: { issuer: people.issuer, clientId: CLIENT_ID } } },
    });
    const byName = { XDG_CONFIG_HOME: config };
    expect((await callClient(["agents"], byName)).code).toBe(0);
    expect((await signedIn(startCall(["login", "--json"], byName))).code).toBe(0);
  });

  it("does not follow the hub to another issuer than before, --yes or not", async () => {
    const signIn = { issuer: "https://login.example.com", clientId: CLIENT_ID };
    mkdirSync(join(config, "valetkey"), { mode: 0o700 });
    const text = JSON.stringify({ current: "prod", deployments: { prod: { url: running.url, signIn } } });
    writeFileSync(join(config, "valetkey", "config.json"), text, { mode: 0o600 });
    const { code, stderr } = await bare("--yes").ended;
    expect([code, JSON.parse(stderr).event]).toEqual([66, "sign_in_changed"]);
    expect(people.requests).toEqual([]);
    // A person who names both the issuer and the client decides it. The choice is remembered under the name.
    expect((await signedIn(start())).code).toBe(0);
    expect(named().deployments.prod.signIn).toEqual({ issuer: people.issuer, clientId: CLIENT_ID });
  });

  it("gives no name to a second address", async () => {
    expect((await signedIn(bare("--yes", "--name", "prod"))).code).toBe(0);
    const elsewhere = startCall(["login", "--url", "https://valetkey.example.com", "--name", "prod"], env());
    expect(await elsewhere.ended).toMatchObject({ code: 64, stderr: expect.stringContaining("prod is") });
  });

  it("sends the stored token only to its own hub: a name that later means another URL has no login", async () => {
    expect((await signedIn(bare("--yes", "--name", "prod"))).code).toBe(0);
    const thief = await new FakeValetkey().start();
    const text = JSON.stringify({ current: "prod", deployments: { prod: { url: thief.url } } });
    writeFileSync(join(config, "valetkey", "config.json"), text, { mode: 0o600 });
    const run = await callClient(["agents"], { XDG_CONFIG_HOME: config });
    expect(run).toMatchObject({ code: 66, stderr: expect.stringContaining("you are not logged in") });
    expect(thief.seen).toEqual([]);
    await thief.stop();
  });

  it.skipIf(!hasTerminals)("asks a person at a terminal, and accepts a no", async () => {
    const { code, screen } = await atTerminal([CLIENT, "login", "--wait", "1"], env(), { after: "[y/N]", says: "n\n" });
    expect([code, screen]).toEqual([64, expect.stringContaining(`has people sign in at ${people.issuer}`)]);
    const agreed = await atTerminal([CLIENT, "login", "--wait", "1"], env(), { after: "[y/N]", says: "y\n" });
    expect([agreed.code, agreed.screen]).toEqual([66, expect.stringContaining("open this address")]);
  });
});

describe("valetkey login --device", () => {
  /** Follows the code up to the point at which the issuer asks for the person. */
  async function entered(login: Called): Promise<Browser> {
    const browser = new Browser();
    await browser.open((await signInOf(login)).address);
    await browser.submit();
    return browser;
  }

  it("stores a token once somebody has entered the code on another device", async () => {
    const login = start("--device");
    const browser = await entered(login);
    await browser.submit();
    await logIn(browser);
    expect((await login.ended).code).toBe(0);
    expect(stored()).toMatchObject({ issuer: people.issuer, audience, refreshToken: expect.any(String) });
    expect((await agents()).code).toBe(0);
  });

  it("reports a refusal on the other device", async () => {
    const login = start("--device");
    const browser = await entered(login);
    await browser.submit({ abort: "yes" });
    expect(await login.ended).toMatchObject({ code: 66, stderr: expect.stringContaining("the login was refused") });
  });

  it("gives up where nobody enters the code", async () => {
    expect(await start("--device", "--wait", "1").ended).toMatchObject({
      code: 66,
      stderr: expect.stringContaining("nobody came back"),
    });
  });
});

describe("an operator's login", () => {
  async function loggedIn(seconds: number, scope = "openid offline_access"): Promise<void> {
    tokenSeconds = seconds;
    const login = start("--scope", scope);
    const browser = new Browser();
    await browser.open((await signInOf(login)).address);
    await logIn(browser);
    expect((await login.ended).code).toBe(0);
    tokenSeconds = 600;
    people.requests.length = 0;
  }
  const refreshes = () => people.requests.filter((line) => line === "POST /token").length;

  it("is refreshed shortly before it expires, once for all callers, and the new refresh token is stored", async () => {
    await loggedIn(20);
    const first = stored();
    people.tokenDelayMs = 1_500;
    const runs = await Promise.all([agentsInProcess(), agentsInProcess(), agentsInProcess()]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(refreshes()).toBe(1);
    expect(stored().refreshToken).not.toBe(first.refreshToken);
    expect(stored().expiresAtMs).toBeGreaterThan(first.expiresAtMs);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    // The login is still valid where the issuer cannot be reached, so nobody is sent to sign in again.
    const over = readFileSync(file(), "utf8").replace(/"expiresAtMs":\d+/, '"expiresAtMs":0');
    const away = over.replaceAll(people.issuer, "http://127.0.0.1:9/people");
    writeFileSync(file(), away);
    const stderr = expect.stringContaining("could not be renewed: 127.0.0.1:9 cannot be reached");
    expect(await agents()).toMatchObject({ code: 69, stderr });
    expect(readFileSync(file(), "utf8")).toBe(away);
  });

  it("that cannot be refreshed has to be made again, and the message is the command for it", async () => {
    await loggedIn(20, "openid");
    expect(await agents()).toMatchObject({
      code: 66,
      stderr: expect.stringContaining(`valetkey login --url ${running.url} --issuer ${people.issuer} --client-id`),
    });
  });

  it.skipIf(!hasTerminals)("that has expired is made again in place, at a terminal", async () => {
    await loggedIn(20, "openid");
    const signIn = async (address: string) => {
      const browser = new Browser();
      await browser.open(address);
      await logIn(browser);
    };
    const { code, screen } = await atTerminal([CLIENT, "agents"], env(), {
      after: "state=",
      says: "",
      seen: (text) => {
        const [address] = /http\S+state=\S+/.exec(text) ?? [];
        if (address) void signIn(address);
      },
    });
    expect([code, screen]).toEqual([0, expect.stringContaining("has run out: sign in again")]);
    expect(screen).toContain("tickets");
    expect((await agents()).code).toBe(0);
  });

  it("is removed by valetkey logout", async () => {
    await loggedIn(600);
    await callClient(["logout"], env());
    expect(stored()).toBeUndefined();
    expect(await agents()).toMatchObject({ code: 66, stderr: expect.stringContaining("you are not logged in") });
  });
});
