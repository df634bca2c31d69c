import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import type { ToolPair } from "../../../../functions/core/intent/pairs.ts";
import { decide, shadowsOf } from "../../../../functions/core/policy/decide.ts";
import { cedarOf } from "../cedar-of.ts";
import { anAsker, onAccount, onObjects, TAGGED } from "./pairs.ts";
import { deniesOf, forbid, PERMIT_ALL, permit, REPORTS, verdict } from "./sets.ts";

describe("a permit that requires something in return", () => {
  it("passes its obligations on", () => {
    expect(verdict([`@maxTtl("5m") @bindIp ${PERMIT_ALL}`])).toMatchObject({
      permitted: { obligations: { maxTtlSeconds: 300, bindIp: true } },
    });
  });

  it("is not used where another requires less", () => {
    expect(verdict([`@maxTtl("5m") ${PERMIT_ALL}`, PERMIT_ALL])).toMatchObject({ permitted: { policies: ["p1"] } });
  });

  it("I9: carries the votes that people must give, and a permit without them decides before it", () => {
    expect(verdict([`@approval("sre") ${PERMIT_ALL}`])).toMatchObject({
      permitted: { policies: ["p0"], obligations: { approval: [{ group: "sre", count: 1 }] } },
    });
    expect(verdict([`@approval("sre") ${PERMIT_ALL}`, PERMIT_ALL])).toMatchObject({ permitted: { policies: ["p1"] } });
  });
});

describe("I9: a permit whose obligation cannot be enforced", () => {
  const ROTATED = `@rotateAfterUse ${PERMIT_ALL}`;

  it("grants nothing: an object of S3 cannot be rotated", () => {
    expect(verdict([ROTATED])).toMatchObject({
      denied: {
        denial: {
          policy: "p0",
          reason: "Policy permits it with a rotation after use only, and nothing but a managed secret can be rotated.",
          hint: "Ask the platform team for a permit without @rotateAfterUse.",
        },
      },
    });
  });

  it("leaves the decision to a permit that can be enforced, though that one demands more", () => {
    const tagged = onObjects(REPORTS, TAGGED);
    const needsTag = permit('resource.tags has team && resource.tags.team == "data"');
    expect(verdict([ROTATED, needsTag], tagged)).toMatchObject({ permitted: { policies: ["p1"] } });
    expect(verdict([`@approval("sre") ${PERMIT_ALL}`, needsTag], tagged)).toMatchObject({
      permitted: { policies: ["p1"] },
    });
  });

  it("is named where several cannot be enforced: the least demanding of them", () => {
    expect(verdict([`@maxTtl("5m") ${ROTATED}`, ROTATED])).toMatchObject({
      denied: { denial: { policy: "p1" } },
    });
  });

  it("is not what is missing where the action mints, and no permit carries @outlives", () => {
    expect(verdict([ROTATED], onObjects(REPORTS, { mints: true }))).toMatchObject({
      denied: { denial: { reason: expect.stringMatching(/outlives the task/) } },
    });
  });

  it("grants what can enforce it", () => {
    const tool: ToolPair = {
      kind: "tool",
      action: "tool:Call",
      groups: [],
      mints: false,
      isPattern: false,
      target: "crm/read",
      server: agentId("crm"),
      tool: "read",
    };
    const decided = (notes: string) =>
      decide(tool, anAsker(), cedarOf([`${notes} permit (principal, action, resource);`]));
    expect(decided('@maxTtl("5m")')).toMatchObject({ permitted: { obligations: { maxTtlSeconds: 300 } } });
    expect(decided("@bindIp")).toMatchObject({
      denied: { denial: { reason: expect.stringMatching(/cannot be bound to one/) } },
    });
  });
});

describe("a policy under watch", () => {
  const shadow = (text: string) => `@mode("shadow") ${text}`;

  it("decides nothing", () => {
    expect(deniesOf([shadow(PERMIT_ALL)])).toMatch(/^No policy permits/);
    expect(deniesOf([PERMIT_ALL, shadow(forbid("true"))])).toEqual([]);
    expect(decide(onAccount(), anAsker(), cedarOf([shadow("permit (principal, action, resource);")]))).toHaveProperty(
      "denied",
    );
  });

  it("records the decision that it would have made, for a set, one resource, and an account", () => {
    const cedar = cedarOf([
      shadow(forbid('resource.arn like "*pii*"')),
      shadow(permit('resource.arn like "arn:aws:s3:::other/*" && resource.account == "x"')),
      shadow("permit (principal, action, resource is AWS::Account);"),
      shadow(forbid("resource.arn == resource.arn")),
      PERMIT_ALL,
    ]);
    const would = (pair: Parameters<typeof shadowsOf>[0]) =>
      shadowsOf(pair, anAsker(), cedar)
        .map(({ policy, would }) => `${would}:${policy}`)
        .toSorted();
    expect(would(onObjects(REPORTS))).toEqual(["forbid:p0", "forbid:p3"]);
    expect(would(onObjects("arn:aws:s3:::acme/pii"))).toEqual(["forbid:p0", "forbid:p3"]);
    expect(would(onObjects("arn:aws:s3:::acme/x"))).toEqual(["forbid:p3"]);
    expect(would(onAccount())).toEqual(["permit:p2"]);
  });
});

describe("the time of day", () => {
  it.each([
    ["2026-11-22T09:30:00Z", 9, 7],
    ["2026-11-23T00:00:00Z", 0, 1],
    ["2026-11-28T23:59:59Z", 23, 6],
  ])("at %s is hour %s of weekday %s, Monday being 1", (at, hour, weekday) => {
    const texts = [permit(`context.time.hour == ${hour} && context.time.weekday == ${weekday}`)];
    const asker = anAsker({ atMs: Date.parse(at) });
    expect(decide(onObjects(REPORTS), asker, cedarOf(texts))).toHaveProperty("permitted");
    expect(decide(onObjects("arn:aws:s3:::acme/x"), asker, cedarOf(texts))).toHaveProperty("permitted");
  });
});
