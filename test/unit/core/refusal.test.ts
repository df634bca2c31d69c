import { describe, expect, it } from "vitest";
import { LOUD_REFUSALS, REFUSALS, type RefusalCode } from "../../../contract/refusals.ts";
import { Refusal, reasonOf } from "../../../functions/core/refusal.ts";

const rows = Object.entries(REFUSALS).map(
  ([code, [status, error, sentence]]) => [code as RefusalCode, status, error, sentence] as const,
);

describe("the table of refusals", () => {
  it.each(rows)("%s (%s %s) has one whole sentence for the public", (_code, status, error, sentence) => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(error).toMatch(/^[a-z_]+$/);
    expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it("of an outage states that nothing was issued or decided, and never calls one a denial", () => {
    for (const [code, status, error] of rows) {
      expect([code, error === "temporarily_unavailable"]).toEqual([code, status === 503]);
      if (status === 503) expect(error).not.toBe("access_denied");
    }
  });

  it("answers whatever is wrong with a subject token with invalid_request (RFC 8693, section 2.2.2)", () => {
    const ofTheToken = rows.filter(([code]) => /^(token|issuer)_/.test(code) && code !== "issuer_unreachable");
    expect(ofTheToken.length).toBeGreaterThan(7);
    for (const [, status, error] of ofTheToken) expect([status, error]).toEqual([400, "invalid_request"]);
  });
});

describe("a refusal", () => {
  it("knows its row of the table", () => {
    const refusal = new Refusal("policy_denied");
    expect(refusal).toMatchObject({
      status: 403,
      error: "access_denied",
      code: "policy_denied",
      message: "policy_denied",
    });
    expect(refusal.sentence).toBe("Policy does not permit this; see the denials.");
    expect(refusal.name).toBe("Refusal");
  });

  it("adds its detail to the public sentence", () => {
    expect(new Refusal("token_audience", { say: 'It must be "x".' }).sentence).toMatch(/document\. It must be "x"\.$/);
  });

  it("I8: leaves private detail out of its sentence and its message", () => {
    const refusal = new Refusal("token_claims", { why: "canary" });
    expect(`${refusal.sentence} ${refusal.message} ${refusal.error}`).not.toContain("canary");
  });

  it.each<[RefusalCode, boolean]>([
    ["store_unavailable", true],
    ["issuer_unreachable", true],
    ["contended", true],
    ["sts_refused", false],
    ["policy_denied", false],
    ["token_expired", false],
  ])("with the code %s is an outage: %s", (code, expected) => {
    expect(new Refusal(code).isOutage).toBe(expected);
  });

  it.each<[RefusalCode, boolean]>([
    ["agent_ambiguous", true],
    ["sts_refused", true],
    ["connector_refused", true],
    ["agent_unknown", false],
    ["sts_unavailable", false],
  ])("with the code %s needs a person: %s", (code, expected) => {
    expect(new Refusal(code).isLoud).toBe(expected);
    expect(LOUD_REFUSALS.includes(code)).toBe(expected);
  });
});

describe("I8: the reason of an error, for a log line", () => {
  it.each<[string, unknown, string]>([
    ["the code of a refusal", new Refusal("policy_denied", { why: "canary" }), "policy_denied"],
    ["the name of any other error", new TypeError("canary"), "TypeError"],
    ["nothing of what is no error", "canary", "unknown"],
  ])("is %s, and never a message", (_name, error, expected) => {
    expect(reasonOf(error)).toBe(expected);
  });
});
