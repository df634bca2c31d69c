import { afterEach, describe, expect, it, vi } from "vitest";
import { readingUrl, voteUrl } from "../../../console/sign-in/authorization-url.ts";
import { discover, IssuerFault } from "../../../console/sign-in/issuer.ts";
import {
  acceptAnswer,
  keepPending,
  linesOf,
  type PendingSignIn,
  takePending,
} from "../../../console/sign-in/pending.ts";
import { challengeOf, randomText } from "../../../console/sign-in/random-text.ts";
import { sessionFrom, voteFrom } from "../../../console/sign-in/read-tokens.ts";

const ISSUER = { url: "https://login.example.com/t1", namesItself: false };
const PENDING: PendingSignIn = {
  kind: "read",
  state: "s-1",
  verifier: "v-1",
  issuer: "staff",
  nonce: "n-1",
  to: "/approvals",
  at: 1_000,
};
const jwt = (claims: object): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${Buffer.from("x").toString("base64url")}`;

afterEach(() => void vi.unstubAllGlobals());

describe("an answer at /callback", () => {
  const accept = (query: string, pending: PendingSignIn | undefined = PENDING, issuer = ISSUER, nowMs = 2_000) =>
    acceptAnswer(new URLSearchParams(query), pending, issuer, nowMs);

  it("is taken where it brings back the state that this tab made", () => {
    expect(accept("code=c&state=s-1")).toEqual({ code: "c", pending: PENDING });
    expect(accept("code=c&state=s-1&iss=https%3A%2F%2Flogin.example.com%2Ft1")).toMatchObject({ code: "c" });
  });

  it.each([
    ["no state", "code=c", "other_state"],
    ["another state", "code=c&state=s-2", "other_state"],
    ["two states", "code=c&state=s-1&state=s-1", "other_state"],
    ["an empty state", "code=c&state=", "other_state"],
    ["another issuer's name", "code=c&state=s-1&iss=https%3A%2F%2Fevil.example.com", "other_issuer"],
    ["two issuers' names", `code=c&state=s-1&iss=${ISSUER.url}&iss=${ISSUER.url}`, "other_issuer"],
    ["an error", "error=access_denied&state=s-1", "refused"],
    ["an error beside a code", "error=x&code=c&state=s-1", "refused"],
    ["no code", "state=s-1", "no_code"],
    ["two codes", "code=a&code=b&state=s-1", "no_code"],
  ])("with %s is refused", (_, query, fault) => {
    expect(accept(query)).toMatchObject({ fault });
  });

  it("is refused where no sign-in was begun, by an issuer that leaves out its name though it gives it always, and after 15 minutes", () => {
    expect(acceptAnswer(new URLSearchParams("code=c&state=s-1"), undefined, ISSUER, 0)).toEqual({ fault: "not_begun" });
    expect(acceptAnswer(new URLSearchParams("code=c&state="), { ...PENDING, state: "" }, undefined, 0)).toEqual({
      fault: "not_begun",
    });
    expect(accept("code=c&state=s-1", PENDING, { ...ISSUER, namesItself: true })).toEqual({ fault: "other_issuer" });
    expect(accept("code=c&state=s-1", PENDING, ISSUER, 1_000 + 15 * 60_000 + 1)).toEqual({ fault: "too_late" });
  });

  it("is taken once: taking it empties the store", () => {
    const stored = new Map<string, string>();
    const store = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
      removeItem: (key: string) => void stored.delete(key),
    };
    keepPending(store, PENDING);
    expect([takePending(store), takePending(store), stored.size]).toEqual([PENDING, undefined, 0]);
  });
});

describe("the address of a sign-in", () => {
  const issuer = {
    name: "staff",
    url: ISSUER.url,
    client_id: "console",
    scope: "openid",
    parameters: { resource: "https://api.example.com/operate", state: "theirs" },
  };
  const at = "https://login.example.com/authorize?tenant=1";

  it("requests a code with PKCE, and lets no configured parameter replace the page's own", async () => {
    const url = new URL(await readingUrl(at, issuer, PENDING, "https://console.example.com/callback"));
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: "1",
      response_type: "code",
      client_id: "console",
      scope: "openid",
      state: "s-1",
      nonce: "n-1",
      resource: "https://api.example.com/operate",
      redirect_uri: "https://console.example.com/callback",
      code_challenge: await challengeOf("v-1"),
      code_challenge_method: "S256",
    });
  });

  it("has the issuer ask who signs in after a sign-out", async () => {
    const url = async (isAsked: boolean) =>
      new URL(await readingUrl(at, issuer, PENDING, "https://c/callback", isAsked));
    expect([(await url(true)).searchParams.get("prompt"), (await url(false)).searchParams.has("prompt")]).toEqual([
      "login",
      false,
    ]);
  });

  it("of a vote requests a sign-in now, in the class that the group requires, and nothing but openid", async () => {
    const url = new URL(
      await voteUrl(at, "approvals", PENDING, "https://console.example.com/callback", ["phr", "phrh"]),
    );
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: "approvals",
      scope: "openid",
      prompt: "login",
      max_age: "0",
      acr_values: "phr phrh",
      nonce: "n-1",
    });
  });

  it("challenges as RFC 7636, appendix B, has it, with 256 bits", async () => {
    expect(await challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    );
    expect(randomText()).toMatch(/^[\w-]{43}$/);
    expect(randomText()).not.toBe(randomText());
  });
});

describe("an issuer that is discovered", () => {
  const answering = (document: object) =>
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify(document), { status: 200 }));
  const document = {
    issuer: ISSUER.url,
    authorization_endpoint: "https://login.example.com/authorize",
    token_endpoint: "https://login.example.com/token",
  };

  it("names itself and its addresses", async () => {
    answering({ ...document, authorization_response_iss_parameter_supported: true });
    expect(await discover({ name: "staff", url: ISSUER.url })).toEqual({
      authorization: document.authorization_endpoint,
      token: document.token_endpoint,
      namesItself: true,
    });
  });

  it.each([
    ["has", "https://login.example.com/end", "https://login.example.com/end"],
    ["has an unsafe", "javascript:alert(1)", undefined],
    ["has no", undefined, undefined],
  ])("that %s address to end a session is used without another", async (_, end_session_endpoint, endSession) => {
    answering({ ...document, end_session_endpoint });
    expect((await discover({ name: "staff", url: ISSUER.url })).endSession).toBe(endSession);
  });

  it.each([
    ["is another issuer", { issuer: "https://evil.example.com" }],
    ["signs in without TLS", { authorization_endpoint: "http://login.example.com/authorize" }],
    ["signs in by a script", { authorization_endpoint: "javascript:alert(1)" }],
    ["redeems without TLS", { token_endpoint: "http://login.example.com/token" }],
    ["redeems nowhere", { token_endpoint: undefined }],
  ])("is not used where it %s", async (_, changes) => {
    answering({ ...document, ...changes });
    await expect(discover({ name: "staff", url: ISSUER.url })).rejects.toBeInstanceOf(IssuerFault);
  });
});

describe("the tokens of an answer", () => {
  const expected = { audience: "https://api.example.com/operate", nonce: "n-1", issuer: "staff" };
  const id = jwt({ aud: "console", nonce: "n-1", name: "Alice" });

  it("make a session by the one whose only audience is the API", () => {
    const token = jwt({ aud: [expected.audience], exp: 100, sub: "a" });
    expect(sessionFrom({ access_token: token, id_token: id }, expected)).toEqual({
      token,
      issuer: "staff",
      name: "Alice",
      expiresAtMs: 100_000,
    });
    const own = jwt({ aud: expected.audience, nonce: "n-1", exp: 1 });
    expect(sessionFrom({ access_token: "opaque", id_token: own }, expected)).toMatchObject({ token: own });
  });

  it.each([
    ["another audience", { access_token: jwt({ aud: "x" }) }],
    ["a further audience", { access_token: jwt({ aud: [expected.audience, "x"] }) }],
    ["no token", {}],
    [
      "an ID token of another sign-in",
      { access_token: jwt({ aud: expected.audience }), id_token: jwt({ nonce: "n-2" }) },
    ],
  ])("with %s make no session, and return the reason", (_, tokens) => {
    expect(sessionFrom(tokens, expected)).toEqual(expect.any(String));
  });

  const vote = { url: ISSUER.url, client: "approvals", nonce: "hash" };
  it("are a vote where the issuer signed exactly the hash of the record on the screen", () => {
    const token = jwt({ iss: ISSUER.url, aud: "approvals", nonce: "hash" });
    expect(voteFrom({ id_token: token }, vote)).toEqual({ token });
  });

  it.each([
    ["another hash", { nonce: "other" }],
    ["no hash", { nonce: undefined }],
    ["another client", { aud: "console" }],
    ["two clients", { aud: ["approvals", "console"] }],
    ["another issuer", { iss: "https://evil.example.com" }],
  ])("are no vote with %s: nothing is sent", (_, changes) => {
    expect(voteFrom({ id_token: jwt({ iss: ISSUER.url, aud: "approvals", nonce: "hash", ...changes }) }, vote)).toEqual(
      expect.stringMatching(/Nothing was sent/),
    );
  });

  it("are no vote without an ID token", () => {
    expect(voteFrom({ access_token: jwt(vote) }, vote)).toEqual(expect.stringMatching(/without an ID token/));
  });
});

describe("a sign-in that was tried", () => {
  it("is written in lines that a terminal takes whole, and is read back by joining them", () => {
    const tried = { issuer: "staff", begun_at: 1, nonce: "n", id_token: `ey${"x".repeat(5_000)}` };
    const lines = linesOf(tried).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(76);
    expect(JSON.parse(lines.join(""))).toEqual(tried);
  });
});
