import { describe, expect, it } from "vitest";
import { ACCOUNT, onObjects, TAGGED } from "./pairs.ts";
import { deniesOf, forbid, PERMIT_ALL, permit, verdict } from "./sets.ts";

const INSTANCES = onObjects(`arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`, {
  action: "ec2:StartInstances",
  service: "ec2",
  region: "us-east-1",
  arnNamesAccount: true,
  ...TAGGED,
});
const OBJECTS = 'resource.arn like "arn:aws:s3:::*"';
/** Errs wherever Cedar comes to it: the number is too large, the claim is not there. */
const ERRS = ["context.ttl * 9223372036854775807 > 1", 'principal.getTag("none") == "x"'];
const UNCLEAR = "cannot be decided for a set";

describe("I2: a forbid that may err", () => {
  it.each(ERRS)("takes nothing of a set that is out of its reach before it errs: %s", (errs) => {
    for (const when of [
      `${OBJECTS} && ${errs}`,
      `resource.tags.stage == "prod" && ${OBJECTS} && ${errs}`,
      `if ${OBJECTS} then ${errs} else false`,
      `resource.arn == "arn:aws:s3:::acme/x" && ${errs}`,
      `["arn:aws:s3:::acme/x", "arn:aws:s3:::acme/y"].contains(resource.arn) && ${errs}`,
      `!(resource.arn like "arn:aws:ec2:*") && ${errs}`,
      `!(${OBJECTS} || resource.arn like "arn:aws:ec2:*") && ${errs}`,
    ])
      expect(deniesOf([PERMIT_ALL, forbid(when)], INSTANCES), when).toEqual([]);
  });

  it.each(ERRS)("refuses a set that is out of its reach only behind what errs: %s", (errs) => {
    expect(deniesOf([PERMIT_ALL, forbid(`${errs} && ${OBJECTS}`)], INSTANCES)).toContain("could not be evaluated");
    for (const when of [
      `${OBJECTS} || ${errs}`,
      `(resource.arn like "*/i-*" && ${errs}) && ${OBJECTS}`,
      `if ${OBJECTS} then false else ${errs}`,
    ])
      expect(deniesOf([PERMIT_ALL, forbid(when)], INSTANCES), when).toContain(UNCLEAR);
  });

  it.each(ERRS)("refuses a set that it reaches into before it errs: %s", (errs) => {
    for (const when of [`resource.arn like "*/i-0*" && ${errs}`, `!(resource.arn like "*/i-0*") && ${errs}`])
      expect(deniesOf([PERMIT_ALL, forbid(when)], INSTANCES), when).toContain(UNCLEAR);
  });

  it("a permit that is unclear about other resources grants what it permits of these", () => {
    const [clear] = ERRS.map((errs) => permit(`(${OBJECTS} && ${errs}) || resource.arn like "arn:aws:ec2:*"`));
    expect(verdict([clear ?? ""], INSTANCES)).toMatchObject({ permitted: { conditions: [{}], denies: [] } });
  });
});
