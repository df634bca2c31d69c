import { decodeJwt, exportJWK, generateKeyPair } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Browser } from "../../../local/issuer/browser.ts";
import { type OidcIssuer, startOidcIssuer } from "../../../local/issuer/oidc-issuer.ts";
import { PEOPLE } from "../../../local/issuer/people.ts";
import { type SignInRequest, signIn } from "../../../local/issuer/sign-in-client.ts";
import { CLIENTS, signInProvider } from "../../../local/issuer/sign-in-provider.ts";
import { listen } from "../../loopback-server.ts";

const CONSOLE = "http://127.0.0.1:4570";
const OPERATE = "http://127.0.0.1:4565/operate";
const REDIRECT = `${CONSOLE}/callback`;

const start = (isPairwise: boolean): Promise<OidcIssuer> =>
  startOidcIssuer({
    port: 0,
    issuerPath: "/people",
    kind: "people",
    audience: OPERATE,
    signIn: { people: PEOPLE, consoleOrigin: CONSOLE, operate: OPERATE, isPairwise },
  });

let people: OidcIssuer;
let pairwise: OidcIssuer;
beforeAll(async () => {
  [people, pairwise] = await Promise.all([start(false), start(true)]);
});
afterAll(() => Promise.all([people.close(), pairwise.close()]));

const vote = (signInRequest: Partial<SignInRequest> = {}) =>
  signIn(people.issuer, {
    clientId: CLIENTS.approvals,
    redirectUri: REDIRECT,
    person: "person:bob",
    nonce: "hash",
    parameters: { prompt: "login", max_age: "0" },
    ...signInRequest,
  });
const claimsOf = (token: string | undefined) => decodeJwt(token ?? "");

describe("the local people's issuer", () => {
  it("signs a vote: nonce, time of the sign-in, groups, person, and the approvals client as the one audience", async () => {
    const before = Math.floor(Date.now() / 1_000);
    const claims = claimsOf((await (await vote()).redeem()).id_token);
    expect(claims).toMatchObject({
      iss: people.issuer,
      aud: CLIENTS.approvals,
      sub: "person:bob",
      oid: "person:bob",
      groups: ["sre", "valetkey-approvers"],
      nonce: "hash",
    });
    expect(Number(claims.auth_time)).toBeGreaterThanOrEqual(before);
    expect(claims).not.toHaveProperty("azp");
  });

  it("signs people in to the command for as long as a refresh token lasts, and gives no other client one", async () => {
    const redirectUri = "http://127.0.0.1:43210/callback";
    const parameters = { scope: "openid offline_access", prompt: "consent", resource: OPERATE };
    const signInRequest = { clientId: CLIENTS.command, redirectUri, person: "person:alice", nonce: "n", parameters };
    const browser = new Browser(redirectUri);
    const tokens = await (await signIn(people.issuer, { ...signInRequest, browser })).redeem();
    expect(claimsOf(tokens.access_token)).toMatchObject({ aud: OPERATE, sub: "person:alice" });
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: tokens.refresh_token ?? "",
      client_id: CLIENTS.command,
      resource: OPERATE,
    });
    const again = await fetch(`${people.issuer}/token`, { method: "POST", body });
    const { access_token: fresh } = (await again.json()) as { access_token: string };
    expect(claimsOf(fresh)).toMatchObject({ aud: OPERATE, sub: "person:alice" });
    const reading = {
      ...signInRequest,
      clientId: CLIENTS.reading,
      redirectUri: REDIRECT,
      parameters: { resource: OPERATE },
    };
    expect(await (await signIn(people.issuer, reading)).redeem()).not.toHaveProperty("refresh_token");
  });

  it("ends a session only by the form of its own page, and leads back to the console alone", async () => {
    const browser = new Browser(REDIRECT);
    await vote({ browser });
    const silent = () => signIn(people.issuer, { ...CLIENT, browser, parameters: { prompt: "none" } });
    const end = new URL(`${people.issuer}/session/end`);
    const lead = (back: string) => {
      end.search = String(
        new URLSearchParams({ client_id: CLIENTS.reading, post_logout_redirect_uri: back, state: "s" }),
      );
      return browser.open(end);
    };
    await lead("https://evil.example/callback");
    expect([browser.status, browser.html]).toEqual([400, expect.stringContaining("not registered")]);
    await lead(REDIRECT);
    expect(browser.html).toContain("<h1>Sign out</h1>");
    expect((await silent()).callback.searchParams.has("code")).toBe(true);
    await lead(REDIRECT);
    await browser.submit();
    expect(browser.address.href).toBe(`${REDIRECT}?state=s`);
    expect((await silent()).callback.searchParams.get("error")).toBe("login_required");
  });

  it("requires a new sign-in for each vote: prompt=login with a session is no silent vote", async () => {
    const browser = new Browser(REDIRECT);
    await vote({ browser });
    const { callback } = await signIn(people.issuer, { ...CLIENT, browser, parameters: { prompt: "login" } });
    expect(callback.pathname).toContain("/sign-in/");
    // Without the prompt the session answers by itself: one sign-in, several tokens, one auth_time.
    const silent = async (nonce: string) => {
      const signInRequest = { ...CLIENT, nonce, browser, parameters: { prompt: "none" } };
      return claimsOf((await (await signIn(people.issuer, signInRequest)).redeem()).id_token);
    };
    const [one, other] = [await silent("a"), await silent("b")];
    expect([one.nonce, other.nonce]).toEqual(["a", "b"]);
    expect(one.auth_time).toBe(other.auth_time);
  });

  it.each([
    ["another redirect address", { redirect_uri: `${CONSOLE}/callback/../other` }],
    ["another loopback port", { redirect_uri: "http://127.0.0.1:9999/callback" }],
    ["an implicit answer", { response_type: "id_token" }],
    ["no PKCE", { code_challenge: "", code_challenge_method: "" }],
    ["the deployment's API as a resource", { resource: OPERATE }],
  ])("gives the approvals client nothing for %s", async (_, changed) => {
    const url = new URL(`${people.issuer}/auth`);
    const usual = {
      client_id: CLIENTS.approvals,
      redirect_uri: REDIRECT,
      response_type: "code",
      scope: "openid",
      state: "s",
      nonce: "n",
      code_challenge: "x".repeat(43),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries({ ...usual, ...changed })) url.searchParams.set(name, value);
    const browser = new Browser(REDIRECT);
    await browser.open(url);
    expect(browser.address.pathname).not.toContain("/sign-in/");
    expect(browser.address.searchParams.get("code")).toBeNull();
  });

  it("gives no refresh token, whatever the scope", async () => {
    const signInRequest = await vote({ parameters: { prompt: "login", scope: "openid offline_access" } });
    expect(await signInRequest.redeem()).not.toHaveProperty("refresh_token");
  });

  it("gives a reader a token for the API, with groups, and only to that client", async () => {
    const reading = await signIn(people.issuer, {
      clientId: CLIENTS.reading,
      redirectUri: REDIRECT,
      person: "person:bob",
      parameters: { resource: OPERATE },
    });
    const { access_token } = await reading.redeem();
    expect(claimsOf(access_token)).toMatchObject({
      aud: OPERATE,
      sub: "person:bob",
      groups: ["sre", "valetkey-approvers"],
    });
  });

  it("lets the console's origin redeem a code from a page, and no other", async () => {
    const from = async (origin: string) =>
      (
        await fetch(`${people.issuer}/token`, {
          method: "POST",
          headers: { origin },
          body: new URLSearchParams({ client_id: CLIENTS.approvals, grant_type: "authorization_code", code: "x" }),
        })
      ).headers.get("access-control-allow-origin");
    expect([await from(CONSOLE), await from("https://evil.example")]).toEqual([CONSOLE, null]);
  });

  it("shows a page that runs no script, and admits nobody who is not in its list", async () => {
    const browser = new Browser(REDIRECT);
    await signIn(people.issuer, { ...CLIENT, browser });
    expect(browser.html).toContain("<legend>Person</legend>");
    expect(browser.html).not.toContain("<script");
    await browser.submit({ person: "person:mallory" });
    expect(browser.status).toBe(400);
    expect(browser.html).toContain('role="alert"');
  });

  it("identifies one person at two clients only by oid where its subjects are pairwise", async () => {
    const common = { redirectUri: REDIRECT, person: "person:bob", nonce: "n" };
    const [one, other] = await Promise.all(
      Object.values(CLIENTS).map(async (clientId) =>
        claimsOf((await (await signIn(pairwise.issuer, { ...common, clientId })).redeem()).id_token),
      ),
    );
    expect(one?.sub).not.toBe(other?.sub);
    expect([one?.oid, other?.oid]).toEqual(["person:bob", "person:bob"]);
  });

  it("describes itself as the provider does", async () => {
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const options = { people: PEOPLE, consoleOrigin: CONSOLE, operate: OPERATE };
    const server = await listen(await signInProvider(people.issuer, await exportJWK(privateKey), options));
    const { port } = server;
    const read = async (origin: string) =>
      (await (await fetch(`${origin}/people/.well-known/openid-configuration`)).json()) as Record<string, unknown>;
    const [own, described] = [await read(new URL(people.issuer).origin), await read(`http://127.0.0.1:${port}`)];
    await server.close();
    const { id_token_signing_alg_values_supported: _, issuer: __, claims_supported: claims, ...compared } = own;
    const moved = JSON.stringify(compared).replaceAll(new URL(people.issuer).port, String(port));
    expect(described).toMatchObject(JSON.parse(moved));
    expect(described.claims_supported).toEqual(expect.arrayContaining(["oid", "groups"]));
    expect(claims).toEqual(expect.arrayContaining(["oid", "groups", "auth_time"]));
  });
});

const CLIENT = { clientId: CLIENTS.approvals, redirectUri: REDIRECT } as const;
