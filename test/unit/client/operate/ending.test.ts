import { describe, expect, it } from "vitest";
import { ok, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

describe("valetkey offboard", () => {
  it("asks for a yes before it asks the service for anything", async () => {
    expect(await run("offboard", "reports")).toMatchObject({ code: 64, stderr: expect.stringContaining("--yes") });
    expect(valetkey.seen).toEqual([]);
  });

  it("goes on until the report is complete", async () => {
    let reports = 0;
    valetkey.other = ({ method }) =>
      method === "POST"
        ? { status: 202, body: {} }
        : ok({
            report: {
              tasks: [{ task: "k7f3m2q9x4ab.", status: "revoked", leases: [{ name: "aws-0", status: "unknown" }] }],
              secrets: {
                entries: [
                  { secret: "reports/login", status: "pending_rotation" },
                  { secret: "reports/key", status: "not_rotated" },
                ],
              },
            },
            ...(++reports > 1 ? { sha256: "5e0f" } : {}),
          });
    const { code, stdout, stderr } = await run("offboard", "reports", "--yes");
    expect(code).toBe(0);
    // Nobody waits for what is left to a person.
    expect(stderr).toContain("2 of its tasks, leases, bindings and secrets are open still");
    expect(stdout).toMatch(/secret +reports\/key +not_rotated/);
    expect(stdout).toMatch(/task +k7f3m2q9x4ab\. +revoked/);
    expect(stdout).toContain("complete");
    expect(valetkey.seen.filter(({ method }) => method === "POST")).toHaveLength(2);
  });

  it("says that it is not, by its exit code, where it does not wait so long", async () => {
    valetkey.other = ({ method }) =>
      method === "POST" ? { status: 202, body: {} } : ok({ report: { complete: true } });
    expect(await run("offboard", "reports", "--yes", "--wait", "0")).toMatchObject({
      code: 75,
      stderr: expect.stringContaining("not everything has ended"),
    });
  });
});

describe("valetkey panic", () => {
  it.each([
    [["panic", "--reason", "stolen"], /say --yes/],
    [["panic", "--lift"], /say --yes/],
    [["panic", "--lift", "--reason", "x", "--yes"], /not both/],
  ])("does nothing on %j", async (args, sentence) => {
    expect(await run(...args)).toMatchObject({ code: 64, stderr: expect.stringMatching(sentence) });
    expect(valetkey.seen).toEqual([]);
  });
});
