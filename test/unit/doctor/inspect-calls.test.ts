import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { inspectCalls } from "../../../client/doctor/aws/inspect-calls.ts";
import { type FakeForwarding, FakeStacks, FORWARDING } from "../../fakes/observed/stacks.ts";

const ACCESS = {
  account: "111122223333",
  region: "us-east-1",
  credentials: { accessKeyId: "AKIADOCTOR", secretAccessKey: "CANARY-secret", sessionToken: "CANARY-token" },
};
const OF = { bus: FORWARDING.targets[0] ?? "", stack: "valetkey-target-111122223333", hub: {} };

let fakes: FakeStacks;
beforeAll(async () => {
  fakes = await new FakeStacks().start();
});
afterAll(() => fakes.stop());
afterEach(() => vi.unstubAllEnvs());

async function found(forwarding: Partial<FakeForwarding>, denied: readonly string[] = []) {
  for (const [name, value] of Object.entries(fakes.env)) vi.stubEnv(name, value);
  fakes.forwarding = (region) => (region === ACCESS.region ? { ...FORWARDING, ...forwarding } : NOTHING);
  fakes.denied.clear();
  for (const action of denied) fakes.denied.add(action);
  const [rule, trail, ...more] = await inspectCalls(ACCESS, OF);
  if (!rule || !trail || more.length > 0) throw new Error("not exactly two findings");
  return { rule, trail };
}

const NOTHING: FakeForwarding = { rule: undefined, targets: [], trails: [] };

describe("valetkey doctor's report on a Region whose calls are forwarded", () => {
  it("finds rule and trail, asks the Region itself, and signs with the keys that it was given", async () => {
    fakes.seen.length = 0;
    const { rule, trail } = await found({});
    expect([rule.state, trail.state]).toEqual(["ok", "ok"]);
    expect(new Set(fakes.seen.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(["AKIADOCTOR"]));
  });

  it("names a rule that is not there, with the stack that makes it", async () => {
    const { rule } = await found({ rule: undefined });
    expect(rule).toEqual({
      check: "rule 111122223333 us-east-1",
      state: "bad",
      found: "valetkey-calls is not there: the ledger misses what tasks call there",
      mend: "npx cdk deploy valetkey-target-111122223333",
    });
  });

  it.each([
    ["DISABLED", OF.bus, "is DISABLED"],
    ["ENABLED", OF.bus, "is ENABLED"],
    [FORWARDING.rule, "arn:aws:events:us-east-1:666677778888:event-bus/valetkey", "does not forward to the hub's bus"],
  ])("names a rule that is %s and forwards to %s: %s", async (state, target, fault) => {
    const { rule } = await found({ rule: state, targets: [target] });
    expect(rule).toMatchObject({ state: "bad", found: expect.stringContaining(fault) });
    expect(rule.mend).toContain("--revert-drift");
  });

  const all = { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: "All" }] };
  const management = { Field: "eventCategory", Equals: ["Management"] };
  it.each([
    ["is switched off", false, all, "bad"],
    [
      "logs writes alone",
      true,
      { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: "WriteOnly" }] },
      "bad",
    ],
    ["logs data alone", true, { EventSelectors: [{ IncludeManagementEvents: false, ReadWriteType: "All" }] }, "bad"],
    ["logs all management events", true, { AdvancedEventSelectors: [{ FieldSelectors: [management] }] }, "ok"],
    [
      "logs all but reads",
      true,
      { AdvancedEventSelectors: [{ FieldSelectors: [management, { Field: "readOnly", Equals: ["false"] }] }] },
      "bad",
    ],
    [
      "logs objects alone",
      true,
      { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: "eventCategory", Equals: ["Data"] }] }] },
      "bad",
    ],
  ])("judges a trail that %s", async (_, isLogging, selectors, state) => {
    const { trail } = await found({ trails: [{ arn: "arn:aws:cloudtrail:x", isLogging, selectors }] });
    expect(trail.state).toBe(state);
    if (state === "bad") expect(trail.mend).toContain("aws cloudtrail start-logging");
  });

  it("skips what it has no rights for, names the rights, and never quotes a key", async () => {
    const { rule, trail } = await found({}, ["DescribeRule", "GetTrailStatus"]);
    expect(rule).toMatchObject({ state: "skipped", mend: "allow events:DescribeRule and events:ListTargetsByRule" });
    expect(trail).toMatchObject({ state: "skipped", mend: expect.stringContaining("cloudtrail:GetTrailStatus") });
    expect(JSON.stringify([rule, trail])).not.toContain("CANARY");
  });

  it("is no more sure where CloudTrail cannot be reached", async () => {
    for (const [name, value] of Object.entries(fakes.env)) vi.stubEnv(name, value);
    vi.stubEnv("AWS_ENDPOINT_URL_CLOUDTRAIL", "http://127.0.0.1:9");
    const [, trail] = await inspectCalls(ACCESS, OF);
    expect(trail?.state).toBe("unknown");
  });
});
