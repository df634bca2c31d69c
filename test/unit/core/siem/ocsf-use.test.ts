import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FirstUse, ocsfOfUse } from "../../../../functions/core/siem/ocsf-use.ts";
import { ocsfFaults } from "../../../judges/ocsf/ocsf-faults.ts";

const HUB = { account: "999900001111", region: "eu-central-1" };
const USE: FirstUse = {
  task: "5pziufisgdts.",
  action: "s3:GetObject",
  resource: "arn:aws:s3:::acme-data/reports/weekly.csv",
  denied: 0,
  first: 1_795_776_600,
  region: "eu-central-1",
  sourceIp: "198.51.100.7",
};

describe("a task's first use of an action as OCSF", () => {
  it.each([
    ["s3:GetObject", 2],
    ["s3:PutObject", 3],
    ["ec2:RunInstances", 1],
    ["sqs:DeleteMessage", 4],
    ["sts:AssumeRole", 99],
    ["other", 99],
    ["", 99],
  ])("is valid, and %j is activity %i", (action, activity) => {
    const event = ocsfOfUse({ ...USE, action }, HUB);
    expect(ocsfFaults(event)).toEqual([]);
    expect([event.class_uid, event.activity_id]).toEqual([6003, activity]);
  });

  it("records that AWS denied it, and why", () => {
    const event = ocsfOfUse({ ...USE, denied: 1, errorCode: "AccessDenied", sourceIp: "s3.amazonaws.com" }, HUB);
    expect(ocsfFaults(event)).toEqual([]);
    expect(event).toMatchObject({
      action_id: 2,
      status_id: 2,
      status_code: "AccessDenied",
      severity_id: 2,
      src_endpoint: { name: "s3.amazonaws.com" },
    });
  });

  it("has one uid for a task, an action and a resource, whatever the count", () => {
    const uid = (more: Partial<FirstUse>) => ocsfOfUse({ ...USE, ...more }, HUB).metadata.uid;
    expect(uid({ denied: 3, sourceIp: "x" })).toBe(uid({}));
    expect(new Set([uid({}), uid({ resource: "*" }), uid({ task: "x." }), uid({ action: "s3:ListBucket" })]).size).toBe(
      4,
    );
  });

  it("is valid, bounded and plain, whatever the ledger holds", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.constant("x\ud800y".repeat(900)));
    const uses = fc.record({
      task: text,
      action: text,
      resource: text,
      denied: fc.double(),
      first: fc.double(),
      region: text,
      sourceIp: fc.oneof(text, fc.ipV6(), fc.ipV4()),
      errorCode: text,
    });
    fc.assert(
      fc.property(uses, (use) => {
        const event: unknown = JSON.parse(JSON.stringify(ocsfOfUse(use, HUB)), (_, value) => {
          expect(typeof value === "string" && /\p{C}/u.test(value)).toBe(false);
          return value;
        });
        expect(ocsfFaults(event as { class_uid: number })).toEqual([]);
        expect(JSON.stringify(event).length).toBeLessThan(16_384);
      }),
    );
  });
});
