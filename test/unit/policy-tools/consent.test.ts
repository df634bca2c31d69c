import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { policyFolder, rule, runPolicy } from "./run-policy.ts";

const AGENTS = rule({ id: "agents", notes: "@consent" });
const USERS = rule({ id: "users", principal: "principal is User", notes: '@maxTtl("5m")' });
const PAT = { onBehalfOf: { issuer: "staff", person: "pat", groups: [] } };

/** Folder with one case, whose title is `it`. */
const folderOf = (expected: unknown, context: object = PAT) =>
  policyFolder({
    "a.cedar": AGENTS + USERS,
    "a.cases.json": {
      cases: [
        {
          title: "it",
          agent: { id: "reporter", team: "data" },
          context,
          expected,
          intent: [
            {
              type: "aws",
              account: "111122223333",
              actions: ["s3:GetObject"],
              resources: ["arn:aws:s3:::acme/reports/a"],
            },
          ],
        },
      ],
    },
  });

describe("valetkey policy test and explain, of a permit with @consent", () => {
  it("test expects it among the terms, and proves the session as if the person had voted", async () => {
    const { code, out } = await runPolicy("test", folderOf({ answer: "allowed", obligations: { consent: true } }));
    expect([code, out]).toEqual([0, expect.stringContaining("1 session policy proven")]);
    const other = await runPolicy("test", folderOf({ answer: "allowed", obligations: { approval: [] } }));
    expect(other.code).toBe(1);
  });

  it("test expects a denial of an agent that acts for nobody", async () => {
    const denied = { answer: "denied", policy: "agents", reason: "and it acts for nobody" };
    expect((await runPolicy("test", folderOf(denied, {}))).code).toBe(0);
    expect((await runPolicy("test", folderOf(denied))).code).toBe(1);
  });

  it("explain describes it in words, and names the remedy to an agent that acts for nobody", async () => {
    const folder = folderOf("allowed");
    const { out } = await runPolicy("explain", folder, "--case", "it", "--prove");
    expect(out).toContain("on terms: consent of the person it acts for, at most 300 s");
    expect(out).toContain("proof of aws-0: PROVEN");
    const { out: alone } = await runPolicy("explain", folderOf("denied", {}), "--case", "it");
    expect(alone).toContain("hint: Ask on behalf of a person");
  });

  it("diff shows that a consent was taken out", async () => {
    const before = folderOf("allowed");
    const after = policyFolder({ "a.cedar": AGENTS.replace("@consent", "") + USERS });
    const { code, out } = await runPolicy("diff", before, after, "--requests", join(before, "a.cases.json"));
    expect([code, out]).toEqual([3, expect.stringContaining("consent")]);
  });
});
