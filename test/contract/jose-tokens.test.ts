import { KeyObject, sign } from "node:crypto";
import type { ServerResponse } from "node:http";
import { compactVerify, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { JoseTokens } from "../../functions/adapters/jose/jose-tokens.ts";
import type { Issuer } from "../../functions/core/identity/issuer.ts";
import { type OidcIssuer, startOidcIssuer } from "../../local/issuer/oidc-issuer.ts";
import { type LoopbackServer, listen } from "../loopback-server.ts";
import { startProcess } from "./package/start-process.ts";

const NOON_MS = Date.UTC(2026, 10, 24, 12);

const issuerAt = (url: string, changed: Partial<Issuer> = {}): Issuer => ({
  name: "local",
  kind: "agents",
  url,
  algorithms: ["ES256", "RS256"],
  pin: "sub",
  maxLifetimeSeconds: 3_600,
  skewSeconds: 30,
  replay: { mode: "single_use" },
  required: {},
  ...changed,
});

let oidc: OidcIssuer;
let tokens: JoseTokens;
beforeEach(async () => {
  // The library reads the clock itself, so the test sets the clock.
  vi.useFakeTimers({ toFake: ["Date"], now: NOON_MS });
  oidc = await startOidcIssuer({ port: 0, audience: "https://valetkey.test" });
  tokens = new JoseTokens(Date.now);
});
afterEach(async () => {
  await oidc.close();
  vi.useRealTimers();
});

const pass = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1_000);
/** The token's subject, or the refusal's code. */
const verified = (token: string, issuer = issuerAt(oidc.issuer)): Promise<unknown> =>
  tokens.verify(token, issuer).then(
    ({ claims }) => claims.sub,
    (error: { readonly code?: string }) => error.code,
  );
const mint = (kid?: string) => oidc.mint({ sub: "agent:demo" }, kid === undefined ? {} : { kid });

describe("JoseTokens and the type of a token", () => {
  it.each([
    ["secevent+jwt", "secevent+jwt", "agent:demo"],
    ["JWT", "secevent+jwt", "token_signature"],
    [undefined, "secevent+jwt", "token_signature"],
    ["application/secevent+jwt", "secevent+jwt", "token_signature"],
    ["SECEVENT+JWT", "secevent+jwt", "token_signature"],
    ["secevent+jwt", undefined, "token_signature"],
    ["at+jwt", undefined, "agent:demo"],
  ])("treats %s where %s is required: %s", async (typ, wanted, outcome) => {
    const token = await oidc.mint({ sub: "agent:demo" }, { header: { typ } });
    const verifying = tokens.verify(token, issuerAt(oidc.issuer), wanted).then(
      ({ claims }) => claims.sub,
      (error: { readonly code?: string }) => error.code,
    );
    expect(await verifying).toBe(outcome);
  });
});

describe("JoseTokens and a member that is named twice", () => {
  it.each([
    ["nothing is", "{", undefined, "agent:demo"],
    ["a claim is", '{"sub":"agent:other",', undefined, "token_malformed"],
    ["a member of the header is", "{", '{"kid":"k2",', "token_malformed"],
  ])("%s repeated: %s", async (_what, claims, header, outcome) => {
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: "k1", alg: "ES256" }] };
    const encoded = (text: string) => Buffer.from(text).toString("base64url");
    const parts = [`${header ?? "{"}"alg":"ES256","kid":"k1"}`, `${claims}"sub":"agent:demo"}`].map(encoded);
    const key = KeyObject.from(privateKey);
    const signature = sign("sha256", Buffer.from(parts.join(".")), { key, dsaEncoding: "ieee-p1363" });
    const read = async () => ({ status: 200, body: Buffer.from(JSON.stringify(keys)) });
    const verifier = new JoseTokens(Date.now, read);
    const token = `${parts.join(".")}.${signature.toString("base64url")}`;
    const verifying = verifier.verify(token, issuerAt("https://keys.test", { jwksUrl: "https://keys.test/jwks" }));
    expect(
      await verifying.then(
        (verified) => verified.claims.sub,
        ({ code }) => code,
      ),
    ).toBe(outcome);
  });
});

describe("JoseTokens and an issuer that is well", () => {
  it.each(["ES256", "RS256"] as const)(
    "verifies a token that it signed with %s, and returns its claims",
    async (alg) => {
      const token = await oidc.mint({ sub: "agent:demo", ref: "main" }, { alg });
      const { claims, signingInputHash, publicKey } = await tokens.verify(token, issuerAt(oidc.issuer));
      expect(claims).toMatchObject({ iss: oidc.issuer, sub: "agent:demo", ref: "main" });
      expect(signingInputHash).toMatch(/^[\w-]{43}$/);
      // The key alone verifies the token, as an auditor does with the log.
      const jwk = await publicKey();
      const { kid } = decodeProtectedHeader(token);
      expect(jwk).toEqual(expect.objectContaining({ kid, kty: expect.stringMatching(/^(EC|RSA|OKP)$/) }));
      expect(jwk).not.toHaveProperty("d");
      await compactVerify(token, await importJWK({ ...jwk }, alg));
    },
  );

  it("loads no undici, which takes 30 to 40 ms of CPU at a cold start", async () => {
    const program = `
      import { JoseTokens } from "${new URL("../../functions/adapters/jose/jose-tokens.ts", import.meta.url)}";
      const { token, issuer } = JSON.parse(process.argv[1]);
      const { claims } = await new JoseTokens(Date.now).verify(token, issuer);
      console.log(claims.sub, process.moduleLoadList.filter((name) => name.includes("undici")).length);`;
    const given = JSON.stringify({ token: await mint(), issuer: issuerAt(oidc.issuer) });
    const { stdout } = await startProcess(process.execPath, ["--input-type=module", "-e", program, given], {});
    expect(stdout).toBe("agent:demo 0\n");
  });

  it("refuses an algorithm that the issuer's configuration does not have", async () => {
    const token = await oidc.mint({ sub: "agent:demo" }, { alg: "RS256" });
    expect(await verified(token, issuerAt(oidc.issuer, { algorithms: ["ES256"] }))).toBe("token_signature");
  });

  it("finds a new key at once, if ten seconds have passed since its last fetch", async () => {
    expect(await verified(await mint())).toBe("agent:demo");
    await oidc.rotate();
    expect(await verified(await mint())).toBe("token_signature");
    pass(11);
    expect(await verified(await mint())).toBe("agent:demo");
  });

  it("accepts an older key as long as the issuer publishes it", async () => {
    const [old] = oidc.jwks().keys;
    await oidc.rotate();
    expect(await verified(await mint(old?.kid))).toBe("agent:demo");
  });

  it("accepts a withdrawn key for no more than five minutes", async () => {
    const [old] = oidc.jwks().keys;
    expect(await verified(await mint(old?.kid))).toBe("agent:demo");
    await oidc.rotate();
    oidc.withdraw(old?.kid ?? "");
    pass(299);
    expect(await verified(await mint(old?.kid))).toBe("agent:demo");
    pass(2);
    expect(await verified(await mint(old?.kid))).toBe("token_signature");
    expect(await verified(await mint())).toBe("agent:demo");
  });

  it("does not accept a key that was withdrawn before its first fetch", async () => {
    const [old] = oidc.jwks().keys;
    await oidc.rotate();
    oidc.withdraw(old?.kid ?? "");
    expect(await verified(await mint(old?.kid))).toBe("token_signature");
  });
});

describe("JoseTokens and an issuer that cannot be reached", () => {
  it("reports an outage and no denial, until the issuer is back", async () => {
    const token = await mint();
    const port = Number(new URL(oidc.issuer).port);
    await oidc.close();
    expect(await verified(token)).toBe("issuer_unreachable");
    oidc = await startOidcIssuer({ port, audience: "https://valetkey.test" });
    pass(3);
    expect(await verified(await mint())).toBe("agent:demo");
  });

  it("uses the known keys for five minutes, and then none", async () => {
    expect(await verified(await mint())).toBe("agent:demo");
    await oidc.close();
    pass(299);
    expect(await verified(await mint())).toBe("agent:demo");
    pass(2);
    expect(await verified(await mint())).toBe("issuer_unreachable");
    oidc = await startOidcIssuer({ port: 0, audience: "https://valetkey.test" });
  });
});

/** A server at an issuer's address that answers otherwise than an issuer. */
class OddIssuer {
  readonly asked: string[] = [];
  readonly #answer: (path: string, response: ServerResponse, url: string) => void;
  #server: LoopbackServer | undefined;

  constructor(answer: (path: string, response: ServerResponse, url: string) => void) {
    this.#answer = answer;
  }

  async start(): Promise<this> {
    this.#server = await listen((request, response) => {
      this.asked.push(request.url ?? "");
      this.#answer(request.url ?? "", response, this.url);
    });
    return this;
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  stop(): void {
    void this.#server?.close();
  }
}

const json = (response: ServerResponse, value: unknown): void => void response.end(JSON.stringify(value));
const isDiscovery = (path: string): boolean => path === "/.well-known/openid-configuration";

describe("JoseTokens and an issuer whose people have another sub at each client", () => {
  const verifiedBy = async (types: unknown, changed: Partial<Issuer>) => {
    const odd = await new OddIssuer((path, response, url) =>
      json(
        response,
        isDiscovery(path) ? { issuer: url, jwks_uri: `${url}/jwks`, subject_types_supported: types } : oidc.jwks(),
      ),
    ).start();
    try {
      return await verified(await oidc.mint({ iss: odd.url, sub: "p-1" }), issuerAt(odd.url, changed));
    } finally {
      odd.stop();
    }
  };

  it.each<[string, unknown, Partial<Issuer>, string]>([
    ["accepts no token while no claim identifies its people", ["pairwise"], { kind: "people" }, "issuer_unreachable"],
    [
      "accepts tokens where valetkey.json names the person claim",
      ["pairwise"],
      { kind: "people", person: "oid" },
      "p-1",
    ],
    ["accepts tokens where clients may have public subjects", ["public", "pairwise"], { kind: "people" }, "p-1"],
    ["accepts tokens where the issuer's metadata has no subject types", undefined, { kind: "people" }, "p-1"],
    ["accepts agents' tokens, whose claim is the pin", ["pairwise"], { kind: "agents" }, "p-1"],
  ])("%s", async (_title, types, changed, expected) => {
    expect(await verifiedBy(types, changed)).toBe(expected);
  });
});

describe("JoseTokens and an address that answers oddly: an outage every time, and never an allow", () => {
  /** Valid discovery, with odd keys. */
  const oddKeys =
    (answer: (response: ServerResponse) => void) => (path: string, response: ServerResponse, url: string) =>
      isDiscovery(path) ? json(response, { issuer: url, jwks_uri: `${url}/jwks` }) : answer(response);
  const oddDiscovery = (document: (url: string) => unknown) => (path: string, response: ServerResponse, url: string) =>
    json(response, isDiscovery(path) ? document(url) : oidc.jwks());

  const rows: readonly (readonly [string, ConstructorParameters<typeof OddIssuer>[0]])[] = [
    ["keys that are a 500", oddKeys((response) => void response.writeHead(500).end())],
    ["keys that are no JSON", oddKeys((response) => void response.end("<html>"))],
    ["keys that are no key set", oddKeys((response) => json(response, { keys: "none" }))],
    [
      "keys of more than 256 KiB",
      oddKeys((response) => json(response, { keys: [...oidc.jwks().keys, { kty: "x", pad: "x".repeat(300_000) }] })),
    ],
    ["keys behind a redirect", oddKeys((response) => void response.writeHead(302, { location: oidc.jwksUri }).end())],
    ["keys that are cut off", oddKeys((response) => void response.socket?.destroy())],
    ["keys that never come", oddKeys(() => undefined)],
    ["keys that come by the byte", oddKeys((response) => void setInterval(() => response.write(" "), 200).unref())],
    ["discovery of another issuer", oddDiscovery(() => ({ issuer: oidc.issuer, jwks_uri: oidc.jwksUri }))],
    ["discovery without an address of keys", oddDiscovery((url) => ({ issuer: url }))],
    ["discovery that sends us to a file", oddDiscovery((url) => ({ issuer: url, jwks_uri: "file:///etc/passwd" }))],
    [
      "discovery that points inside the network",
      oddDiscovery((url) => ({ issuer: url, jwks_uri: "http://169.254.169.254/keys" })),
    ],
    [
      "discovery that points to another host, though keys exist there",
      oddDiscovery((url) => ({ issuer: url, jwks_uri: url.replace("127.0.0.1", "localhost") })),
    ],
    ["discovery that is null", oddDiscovery(() => null)],
    [
      "discovery behind a redirect",
      (path, response) => void response.writeHead(301, { location: oidc.issuer + path }).end(),
    ],
    ["nothing at all", (_, response) => void response.writeHead(404).end()],
  ];

  it.each(rows)("%s", async (_, answer) => {
    const odd = await new OddIssuer(answer).start();
    try {
      const timers = vi.spyOn(globalThis, "setTimeout");
      const token = await oidc.mint({ iss: odd.url, sub: "agent:demo" });
      const code = await new JoseTokens(Date.now).verify(token, issuerAt(odd.url)).catch((error) => error.code);
      expect(code).toBe("issuer_unreachable");
      // Each read's own bound, not the time that a busy machine takes.
      expect(timers.mock.calls.map(([, ms]) => ms)).toContain(1_500);
    } finally {
      vi.restoreAllMocks();
      odd.stop();
    }
  });

  it("keys that change between two fetches are believed as in the last fetch", async () => {
    let isWell = false;
    const odd = await new OddIssuer(oddKeys((response) => json(response, isWell ? oidc.jwks() : { keys: [] }))).start();
    const token = await oidc.mint({ iss: odd.url, sub: "agent:demo" });
    expect(await verified(token, issuerAt(odd.url))).toBe("token_signature");
    isWell = true;
    pass(11);
    expect(await verified(token, issuerAt(odd.url))).toBe("agent:demo");
    isWell = false;
    pass(301);
    expect(await verified(token, issuerAt(odd.url))).toBe("token_signature");
    odd.stop();
  });

  it("a flood of invented key ids causes no more than one fetch in ten seconds", async () => {
    const odd = await new OddIssuer(oddKeys((response) => json(response, oidc.jwks()))).start();
    const flood = async () => {
      for (let index = 0; index < 20; index += 1) {
        const token = await oidc.mint({ iss: odd.url, sub: "x" }, { kid: `made-up-${index}` });
        expect(await verified(token, issuerAt(odd.url))).toBe("token_signature");
      }
    };
    await flood();
    expect(odd.asked.filter((path) => path === "/jwks")).toHaveLength(1);
    pass(11);
    await flood();
    expect(odd.asked.filter((path) => path === "/jwks")).toHaveLength(2);
    odd.stop();
  });

  it("a token cannot choose the place of the keys: `jku` and `x5u` are not followed", async () => {
    const odd = await new OddIssuer((_, response) => json(response, oidc.jwks())).start();
    const header = { jku: `${odd.url}/jwks`, x5u: `${odd.url}/x5u` };
    const token = await oidc.mint({ sub: "agent:demo" }, { kid: "made-up", header });
    expect(await verified(token)).toBe("token_signature");
    expect(odd.asked).toEqual([]);
    odd.stop();
  });
});
