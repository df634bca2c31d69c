import { describe, expect, it } from "vitest";
import { ACCOUNT, onObjects, TAGGED } from "./pairs.ts";
import { deniesOf, forbid, PERMIT_ALL, permit, verdict } from "./sets.ts";

describe("I2: tags of resources", () => {
  const untagged = onObjects(`arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`, {
    service: "sqs",
    region: "us-east-1",
    arnNamesAccount: true,
  });
  const queue = { ...untagged, ...TAGGED };
  const TEAM = "aws:ResourceTag/team";

  it("become conditions of the Allow, which AWS compares at the call", () => {
    expect(verdict([permit('resource.tags.team == "data"')], queue)).toMatchObject({
      permitted: { conditions: [{ StringEquals: { [TEAM]: ["data"] } }], denies: [] },
    });
  });

  it("of a permit that takes several are all taken, and none is required where one way requires none", () => {
    const conditionsOf = (when: string) => {
      const answer = verdict([permit(when)], queue);
      return "permitted" in answer ? answer.permitted.conditions : answer;
    };
    expect(conditionsOf('["data", "ops"].contains(resource.tags.team)')).toEqual([
      { StringEquals: { [TEAM]: ["data", "ops"] } },
    ]);
    expect(conditionsOf('resource.tags.team == "data" || resource.tags.team like "ops-*"')).toEqual([
      { StringEquals: { [TEAM]: ["data"] } },
      { StringLike: { [TEAM]: ["ops-*"] } },
    ]);
    expect(
      conditionsOf('(resource.tags has team && resource.tags.team == "data") || resource.arn like "*jobs"'),
    ).toEqual([{}]);
  });

  it("of a permit are required in the weakest way only: one that another includes allows nothing more", () => {
    const [data, both] = ['resource.tags.team == "data"', 'resource.tags.team == "data" && resource.tags.env == "x"'];
    for (const when of [`${data} || (${both})`, `(${both}) || ${data}`, `${data} || resource.tags.team like "data"`]) {
      const answer = verdict([permit(when)], queue);
      expect(answer).toMatchObject({ permitted: { conditions: [{ StringEquals: { [TEAM]: ["data"] } }] } });
    }
  });

  it("of a permit are not mixed with those of another, which has obligations of its own", () => {
    const permits = [permit('resource.tags.team == "data"'), permit('resource.tags.team == "ops"')];
    expect(verdict(permits, queue)).toMatchObject({
      permitted: { policies: ["p0"], conditions: [{ StringEquals: { [TEAM]: ["data"] } }] },
    });
  });

  it("become conditions of the Allow where the policy excludes values: then too the tag must be there", () => {
    const spared = 'resource.tags.team != "pii" && !(resource.arn like "arn:aws:s3:::*")';
    for (const when of ['resource.tags.team != "pii"', spared])
      expect(verdict([permit(when)], { ...queue, target: `${queue.target}-*`, isPattern: true })).toMatchObject({
        permitted: { conditions: [{ StringNotEquals: { [TEAM]: ["pii"] }, Null: { [TEAM]: ["false"] } }], denies: [] },
      });
  });

  it("mean nothing of the resource's own ARN, though they look like one", () => {
    const ours = { ...queue, target: `${queue.target}*`, isPattern: true };
    const [inside, around] = [`${queue.target}-a`, "arn:*"];
    expect(verdict([permit(`!(resource.tags.copyOf like "${around}")`)], ours)).toHaveProperty("permitted");
    const known = { ...untagged, target: ours.target, isPattern: true };
    expect(verdict([permit(`resource.tags.copyOf == "${inside}"`)], known)).toMatchObject({ denied: { narrower: [] } });
    expect(deniesOf([PERMIT_ALL, forbid(`!(resource.tags.copyOf like "${around}")`)], ours)).toEqual([
      { resources: [ours.target], conditions: { StringNotLike: { "aws:ResourceTag/copyOf": [around] } } },
    ]);
  });

  it("become conditions of a Deny, for one resource too", () => {
    expect(deniesOf([PERMIT_ALL, forbid('resource.tags.team == "pii"')], queue)).toEqual([
      { resources: [queue.target], conditions: { StringEqualsIfExists: { [TEAM]: ["pii"] } } },
    ]);
  });

  it("I2: are denied where a forbid reads a tag that is missing, whatever the forbid", () => {
    expect(deniesOf([PERMIT_ALL, forbid('resource.tags.team like "*"')], queue)).toBe("A policy forbids it.");
    expect(deniesOf([PERMIT_ALL, forbid('!(resource.tags.team like "*")')], queue)).toEqual([]);
    expect(deniesOf([PERMIT_ALL, forbid("resource.tags has team")], queue)).toEqual([
      { resources: [queue.target], conditions: { Null: { [TEAM]: ["false"] } } },
    ]);
    expect(deniesOf([PERMIT_ALL, forbid('resource.tags.team == "pii" && resource.tags has team')], queue)).toEqual([
      { resources: [queue.target], conditions: { StringEqualsIfExists: { [TEAM]: ["pii"] } } },
    ]);
  });

  it("grant nothing where IAM cannot limit the action by them", () => {
    expect(deniesOf([permit('resource.tags.team == "data"')])).toMatch(/^No policy permits/);
  });

  it("are not required where another permit requires none", () => {
    expect(verdict([permit('resource.tags.team == "data"'), PERMIT_ALL], queue)).toMatchObject({
      permitted: { policies: ["p1"], conditions: [{}] },
    });
  });
});
