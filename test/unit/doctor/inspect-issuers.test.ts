import { afterEach, describe, expect, it } from "vitest";
import { inspectIssuers } from "../../../client/doctor/inspect-issuers.ts";
import type { Issuer } from "../../../functions/core/identity/issuer.ts";
import { DEPLOYMENT } from "../../fakes/world/world.ts";
import { type LoopbackServer, listen } from "../../loopback-server.ts";

let server: LoopbackServer | undefined;
afterEach(() => server?.close());

const SOUND = {
  subject_types_supported: ["public"],
  claims_supported: ["sub", "auth_time"],
  code_challenge_methods_supported: ["S256"],
};
const APPROVALS = { clientId: "approvals", freshness: "auth_time", tokenExchange: "browser" } as const;

/** Inspects a people's issuer that describes itself so. */
async function inspected(described: object, changes: Partial<Issuer> = {}) {
  server = await listen((request, response) => {
    const url = server?.url;
    const isKeys = request.url === "/jwks";
    response.end(JSON.stringify(isKeys ? { keys: [{}] } : { issuer: url, jwks_uri: `${url}/jwks`, ...described }));
  });
  const [staff] = DEPLOYMENT.issuers.filter(({ kind }) => kind === "people");
  if (!staff) throw new Error("the sample has no people");
  const findings = await inspectIssuers([{ ...staff, url: server.url, approvals: APPROVALS, ...changes }]);
  return findings.map(({ check, state, found }) => `${check} ${state} ${found}`);
}

describe("inspectIssuers and a people's issuer", () => {
  it("finds nothing wrong with keys, one subject for all clients, and the time of sign-ins", async () => {
    expect(await inspected(SOUND)).toEqual(["issuer staff ok gives 1 key", "sign-in staff ok lists what votes need"]);
  });

  it("finds people who have another sub at each client, unless another claim identifies them", async () => {
    const pairwise = { ...SOUND, subject_types_supported: ["pairwise"] };
    const bad = "people of staff bad have another sub at each client (pairwise subjects)";
    expect(await inspected(pairwise)).toContain(bad);
    expect(await inspected(pairwise, { person: "oid" })).not.toContain(bad);
    expect(await inspected({ ...SOUND, subject_types_supported: ["public", "pairwise"] })).not.toContain(bad);
    expect(await inspected(pairwise, { kind: "agents" })).not.toContain(bad);
  });

  it("does so, too, where valetkey.json has the address of the keys", async () => {
    expect(await inspected({ ...SOUND, subject_types_supported: ["pairwise"], jwks_uri: undefined })).toContain(
      "issuer staff unknown its keys cannot be had from here",
    );
    expect(
      await inspected({ ...SOUND, subject_types_supported: ["pairwise"] }, { jwksUrl: "http://127.0.0.1:1/keys" }),
    ).toContain("people of staff bad have another sub at each client (pairwise subjects)");
  });

  it.each<[string, object]>([
    ["the time of a sign-in (auth_time)", { claims_supported: ["sub"] }],
    ["the time of a sign-in (auth_time)", { claims_supported: undefined }],
    ["PKCE by S256", { code_challenge_methods_supported: ["plain"] }],
  ])("cannot decide whether people may approve where the issuer does not list %s", async (what, changes) => {
    expect(await inspected({ ...SOUND, ...changes })).toContain(
      `sign-in staff unknown the issuer does not list ${what}`,
    );
    expect(await inspected({ ...SOUND, ...changes }, { approvals: undefined as never })).toHaveLength(1);
  });

  it("does not require the time of a sign-in where an acr proves it", async () => {
    const approvals = { ...APPROVALS, freshness: "acr" } as const;
    expect(await inspected({ ...SOUND, claims_supported: ["sub"] }, { approvals })).toContain(
      "sign-in staff ok lists what votes need",
    );
  });

  it("finds an issuer that calls itself otherwise", async () => {
    expect(await inspected({ ...SOUND, issuer: "https://other.example" })).toContain(
      "issuer staff bad calls itself https://other.example",
    );
  });
});
