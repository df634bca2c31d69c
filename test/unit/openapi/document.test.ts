import { describe, expect, it } from "vitest";
import { TOKEN_WITHIN } from "../../../contract/names.ts";
import { REFUSALS, type RefusalCode } from "../../../contract/refusals.ts";
import { ROUTES } from "../../../functions/routes.ts";
import { CANARY_SECRET } from "../../fakes/tasks/sessions.ts";
import { buildDocument, OUTSIDE_ROUTES } from "../../openapi/document.ts";
import { PLACEHOLDERS } from "../../openapi/recording/placeholders.ts";
import { DOCUMENT, DOCUMENTED, documentedCodes, TEXT } from "./documented.ts";

/** Answers of the credentials endpoint while people decide. The AWS SDKs retry a 503, and give up at a 400. */
const SDKS_RETRY: ReadonlySet<string> = new Set(
  ["authorization_pending", "slow_down"].map((code) => `GET /v1/tasks/{task}/credentials/{lease} ${code}`),
);

describe("docs/openapi.json", () => {
  it("is what `npm run openapi` writes", async () => {
    expect(DOCUMENT).toEqual(JSON.parse(JSON.stringify(await buildDocument())));
  });

  it("holds every route of the table, and no other", () => {
    expect([...DOCUMENTED.keys()].sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it("documents only refusals that there are, each under its own status", () => {
    for (const route of DOCUMENTED.keys())
      for (const [code, status] of documentedCodes(route)) {
        const own = SDKS_RETRY.has(`${route} ${code}`) ? 503 : REFUSALS[code][0];
        expect([route, code, own]).toEqual([route, code, status]);
      }
  });

  it("documents every refusal there is, but for those that belong to no route", () => {
    const codes = new Set([...DOCUMENTED.keys()].flatMap((route) => documentedCodes(route).map(([code]) => code)));
    const missing = (Object.keys(REFUSALS) as RefusalCode[]).filter((code) => !codes.has(code));
    expect(missing).toEqual([...OUTSIDE_ROUTES]);
  });

  it("holds no token and no credential", () => {
    expect(TEXT).not.toContain(CANARY_SECRET);
    expect(TEXT).not.toContain("canary-session-token");
    // The first characters of every JWT, and the fakes' signature.
    expect(TEXT).not.toMatch(/eyJ|c2lnbmVk/);
    const secrets = [...TEXT.matchAll(new RegExp(TOKEN_WITHIN, "g"))].map(([, , , secret]) => secret);
    expect(new Set(secrets)).toEqual(new Set([PLACEHOLDERS.randomBits]));
  });
});
