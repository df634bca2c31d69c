import { describe, expect, it } from "vitest";
import { regionNamed } from "../../../../functions/core/deployment/region.ts";
import type { AwsDetail } from "../../../../functions/core/intent/detail.ts";
import type { ResourcePair } from "../../../../functions/core/intent/pairs.ts";
import { narrowPairs, spreadIntent } from "../../../../functions/core/intent/spread-intent.ts";
import { decide } from "../../../../functions/core/policy/decide.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { cedarOf } from "../cedar-of.ts";
import { ACCOUNT, anAsker } from "./pairs.ts";
import { forbid, PERMIT_ALL, permit } from "./sets.ts";

const RDS = `arn:aws:rds:us-east-1:${ACCOUNT}`;
const LIST = { resources: [`${RDS}:db:\${*}*`, `${RDS}:db:`], conditions: {} };
const PROD = `resource.arn like "${RDS}:db:prod*"`;

function pairOf(resource: string, action = "rds:DescribeDBInstances"): ResourcePair {
  const detail: AwsDetail = { type: "aws", account: ACCOUNT, actions: spelled(action), resources: [resource] };
  const [pair] = spreadIntent([detail], catalogue, {}, [{ id: ACCOUNT, region: regionNamed("us-east-1") }]).flatMap(
    ({ pairs }) => pairs,
  );
  if (pair?.kind !== "resource") throw new Error(`nothing is asked for: ${action} on ${resource}`);
  return pair;
}
const verdict = (resource: string, ...texts: readonly string[]) => decide(pairOf(resource), anAsker(), cedarOf(texts));
const granted = (...denies: readonly unknown[]) => ({ permitted: expect.objectContaining({ denies }) });
const refused = (reason: string, policy?: string) => ({
  denied: {
    denial: { reason: expect.stringContaining(reason), ...(policy ? { policy } : {}) },
    narrower: [`${RDS}:db:*`],
  },
});
const deniedBy = (each: ReturnType<typeof verdict>) => JSON.stringify("permitted" in each && each.permitted.denies);
const HIDES = "returns all of these, and a policy forbids some of them";

describe("I2: a call that names none of a type's resources answers with all of them", () => {
  it("is granted with them where every one is permitted, and none forbidden", () => {
    for (const resource of ["*", `${RDS}:db:*`])
      for (const others of [[], [forbid(`resource.arn like "${RDS}:cluster:*"`)], [forbid('resource.account == "1"')]])
        expect(verdict(resource, PERMIT_ALL, ...others)).toMatchObject(granted());
  });

  it("is no matter of forbids that are about no name of the type", () => {
    for (const when of ['resource.arn like "*/pii/*"', 'resource.arn like "*:secret:prod*"']) {
      expect(verdict("*", PERMIT_ALL, forbid(when))).toMatchObject({ permitted: { policies: ["p0", "p1"] } });
      expect(deniedBy(verdict(`${RDS}:db:*`, PERMIT_ALL, forbid(when)))).not.toContain("${*}");
    }
    const options = (when: string) =>
      decide(pairOf("*", "rds:DescribeOptionGroups"), anAsker(), cedarOf([PERMIT_ALL, forbid(when)]));
    expect(options('resource.arn like "*/pii/*"')).toHaveProperty("permitted");
    expect(options('resource.arn like "*:mysql*"')).toMatchObject({ denied: { denial: { policy: "p1" } } });
  });

  it.each([
    ["one by its name", `resource.arn == "${RDS}:db:prod"`],
    ["those that begin alike", PROD],
    ["those that end alike", 'resource.arn like "*-prod"'],
    ["one by its tag", 'resource.tags.stage == "prod"'],
    ["one by its tag, if it has it", 'resource.tags has stage && resource.tags.stage == "prod"'],
  ])("is refused on * where a forbid is about %s", (_which, when) => {
    expect(verdict("*", PERMIT_ALL, forbid(when))).toMatchObject(refused(HIDES, "p1"));
  });

  it.each([
    ["one by its name", `resource.arn == "${RDS}:db:prod"`, `${RDS}:db:prod`],
    ["those that begin alike", PROD, `${RDS}:db:prod*`],
  ])("is denied, and nothing else, on ARNs where a forbid is about %s", (_which, when, resource) => {
    expect(verdict(`${RDS}:db:*`, PERMIT_ALL, forbid(when))).toMatchObject(
      granted({ resources: [resource], conditions: {} }, LIST),
    );
  });

  it("is denied by a Deny of tags that holds where there are none, and by one of its own where that does not", () => {
    const missing = forbid('resource.tags.stage == "prod"');
    const tested = forbid('resource.tags has stage && resource.tags.stage == "prod"');
    const byTag = (operator: string) => ({
      resources: [`${RDS}:db:*`],
      conditions: { [operator]: { "aws:ResourceTag/stage": ["prod"] } },
    });
    expect(verdict(`${RDS}:db:*`, PERMIT_ALL, missing)).toMatchObject(granted(byTag("StringEqualsIfExists")));
    const snapshots = decide(
      pairOf(`${RDS}:og:*`, "rds:DescribeOptionGroups"),
      anAsker(),
      cedarOf([PERMIT_ALL, tested]),
    );
    expect(snapshots).toMatchObject(
      granted(
        { ...byTag("StringEquals"), resources: [`${RDS}:og:*`] },
        { resources: [`${RDS}:og:\${*}*`, `${RDS}:og:`], conditions: {} },
      ),
    );
  });

  it("is not denied where the ARN does not name every one, nor where another type alone is forbidden", () => {
    expect(verdict(`${RDS}:db:app-*`, PERMIT_ALL, forbid(`resource.arn == "${RDS}:db:app-prod"`))).toMatchObject(
      granted({ resources: [`${RDS}:db:app-prod`], conditions: {} }),
    );
    const both = decide(
      pairOf(`${RDS}:*`, "rds:DescribeDBSnapshots"),
      anAsker(),
      cedarOf([PERMIT_ALL, forbid(`resource.arn like "${RDS}:snapshot:prod*"`)]),
    );
    expect(both).toMatchObject({
      permitted: {
        denies: expect.arrayContaining([
          { resources: [`${RDS}:snapshot:\${*}*`, `${RDS}:snapshot:`, `${RDS}:\${*}*`], conditions: {} },
        ]),
      },
    });
    expect(deniedBy(both)).not.toContain(":db:$");
  });

  it("is refused on * where policy permits some, by name or by tag", () => {
    const one = permit(`resource.arn == "${RDS}:db:app"`);
    expect(verdict("*", one)).toMatchObject({
      denied: { denial: { reason: "No policy permits it." }, narrower: [`${RDS}:db:app`] },
    });
    const tagged = permit('resource.tags.team == "data"');
    expect(verdict("*", tagged)).toMatchObject(refused("by the resources' tags"));
    expect(verdict(`${RDS}:db:*`, tagged)).toMatchObject({ permitted: { denies: [] } });
  });

  it("takes a permit of all before one by tags that demands less", () => {
    const approved = `@approval("sre") ${PERMIT_ALL}`;
    const tagged = permit('resource.tags.team == "data"');
    const policies = cedarOf([approved, tagged]);
    expect(decide(pairOf("*"), anAsker(), policies)).toMatchObject({ permitted: { policies: ["p0"] } });
    expect(decide(pairOf(`${RDS}:db:*`), anAsker(), policies)).toMatchObject({ permitted: { policies: ["p1"] } });
  });

  it("leaves with mode=narrow what is permitted, and no such call", () => {
    const policies = cedarOf([PERMIT_ALL, forbid(PROD)]);
    const [part, ...others] = narrowPairs(pairOf("*"), [`${RDS}:db:*`], catalogue);
    expect([part && decide(part, anAsker(), policies), others]).toMatchObject([
      granted({ resources: [`${RDS}:db:prod*`], conditions: {} }, LIST),
      [],
    ]);
  });

  it("is nothing of its own where the type is one resource", () => {
    const hub = pairOf("*", "securityhub:DescribeHub");
    expect(decide(hub, anAsker(), cedarOf([permit('resource.tags.team == "data"')]))).toHaveProperty("permitted");
  });
});
