import { describe, expect, it } from "vitest";
import { FALSE } from "../../../../functions/core/proof/diagram.ts";
import { readText } from "../../../../functions/core/proof/iam-text.ts";
import { mayAllowUnnamed, unnamedCalls } from "../../../../functions/core/proof/unnamed-calls.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { allow, answerTo, deny, PERMIT, textOf, when } from "./ask.ts";
import { world } from "./small-world.ts";

const RDS = "arn:aws:rds:eu-west-1:111122223333";
const LIST = "rds:DescribeDBInstances";
const PROD = when("forbid", `resource.arn like "${RDS}:db:prod*"`);
const TAGGED = when("forbid", 'resource.tags has stage && resource.tags.stage == "prod"');
const proven = { verdict: "proven" };
const hidden = (resource: RegExp, more: object = {}) => ({
  verdict: "counterexample",
  call: { action: LIST, askedAs: `${RDS}:db:*`, resource: expect.stringMatching(resource), ...more },
});
const denyProd = deny(LIST, `${RDS}:db:prod*`);

describe("I2: a statement that may allow a call that names no resource", () => {
  it.each([
    [true, allow(LIST, `${RDS}:db:*`)],
    [true, allow(LIST, [`${RDS}:db:a`, `${RDS}:db:*`])],
    [true, allow(LIST, `${RDS}:db:\${*}`)],
    [true, allow(LIST, `${RDS}:db:\${aws:username}`)],
    [true, allow(LIST, "arn:aws:rds")],
    [true, allow(LIST, `${RDS}:`)],
    [true, { Effect: "Allow", Action: LIST, NotResource: `${RDS}:db:a` }],
    [false, allow(LIST, `${RDS}:db:a`)],
    [false, allow(LIST, [`${RDS}:db:a`, `${RDS}:db:b`])],
    [false, deny("*", "*")],
    [false, deny(LIST, `${RDS}:db:*`)],
  ])("is any with a wildcard, a variable or too few parts in a Resource: %s of %j", (may, statement) => {
    const [read] = readText(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }));
    expect(mayAllowUnnamed(read as NonNullable<typeof read>)).toBe(may);
  });
});

describe("I2: a call that names no resource, and answers with all of a type", () => {
  it("is proven where every one of them is permitted", () => {
    expect(answerTo(textOf(allow(LIST, `${RDS}:db:*`)), [PERMIT])).toEqual(proven);
    expect(answerTo(textOf(allow(LIST, `${RDS}:*`)), [PERMIT])).toEqual(proven);
  });

  it("is a counterexample where a forbid is about one, though that one is denied by its name", () => {
    expect(answerTo(textOf(allow(LIST, `${RDS}:db:*`), denyProd), [PERMIT, PROD])).toMatchObject(
      hidden(/:db:prod/, { objection: { forbid: "p1" } }),
    );
  });

  it.each([`${RDS}:db:\${*}`, `${RDS}:db:\${*}*`, `arn:*:rds:*:*:db:\${*}`])(
    "is proven where it is denied as well: %s",
    (star) => {
      const text = (...denied: readonly string[]) => textOf(allow(LIST, `${RDS}:db:*`), denyProd, deny(LIST, denied));
      expect(answerTo(text(star, `${RDS}:db:`), [PERMIT, PROD])).toEqual(proven);
      // CloudWatch has IAM evaluate such a call on the type with nothing behind it.
      expect(answerTo(text(star), [PERMIT, PROD])).toMatchObject(hidden(/:db:prod/, { askedAs: `${RDS}:db:` }));
    },
  );

  it.each([
    `arn:aws:rds:eu-west-1:444455556666:db:\${*}`,
    `arn:aws:rds:us-east-1:111122223333:db:\${*}`,
    `${RDS}:cluster:\${*}`,
  ])("is not denied elsewhere: %s", (star) => {
    const text = textOf(allow(LIST, `${RDS}:db:*`), denyProd, deny(LIST, star));
    expect(answerTo(text, [PERMIT, PROD])).toMatchObject(hidden(/:db:prod/));
  });

  it("is of any account where a variable is in its place, and of the Region before it", () => {
    const all = (region: string, rest: string) => allow(LIST, `arn:aws:rds:${region}:\${aws:PrincipalTag/x}:${rest}`);
    // With `111122223333:db` for a value, the second names the call itself.
    for (const rest of ["db:*", "${*}"])
      expect(answerTo(textOf(all("eu-west-1", rest), denyProd), [PERMIT, PROD])).toMatchObject(hidden(/:db:prod/));
    expect(answerTo(textOf(all("us-east-1", "db:*"), denyProd), [PERMIT, PROD])).toEqual(proven);
  });

  it("is a counterexample where some tag of one is forbidden: IAM gets none", () => {
    const byTag = deny(LIST, `${RDS}:db:*`, { StringEquals: { "aws:ResourceTag/stage": "prod" } });
    const ifExists = deny(LIST, `${RDS}:db:*`, { StringEqualsIfExists: { "aws:ResourceTag/stage": "prod" } });
    expect(answerTo(textOf(allow(LIST, `${RDS}:db:*`), byTag), [PERMIT, TAGGED])).toMatchObject({
      verdict: "counterexample",
    });
    expect(answerTo(textOf(allow(LIST, `${RDS}:db:*`), ifExists), [PERMIT, TAGGED])).toEqual(proven);
    const groups = allow("rds:DescribeOptionGroups", `${RDS}:og:*`);
    const untold = deny("rds:DescribeOptionGroups", `${RDS}:og:*`, {
      StringEquals: { "aws:ResourceTag/stage": "prod" },
    });
    expect(answerTo(textOf(groups, untold), [PERMIT, TAGGED])).toMatchObject({
      call: { askedAs: `${RDS}:og:*`, told: "none", tags: { stage: "prod" } },
    });
  });

  it("is a counterexample where one Allow is of a name, and another of the type", () => {
    const allows = [allow(LIST, `${RDS}:db:app`), allow(LIST, `${RDS}:db:*`)];
    for (const each of [allows, allows.toReversed()])
      expect(answerTo(textOf(...each, denyProd), [PERMIT, PROD])).toMatchObject(hidden(/:db:prod/));
  });

  it("is a counterexample where some are permitted, and none beside them is allowed by name", () => {
    const one = when("permit", `resource.arn == "${RDS}:db:app"`);
    const star = when("permit", `resource.arn == "${RDS}:db:*"`);
    expect(answerTo(textOf(allow(LIST, `${RDS}:db:\${*}`)), [one, star])).toMatchObject(
      hidden(/^/, { objection: "no permit" }),
    );
    expect(answerTo(textOf(allow(LIST, [`${RDS}:db:app`])), [one])).toEqual(proven);
  });

  it("is not allowed by a set that leaves some out, nor by one by tags", () => {
    const team = when("permit", `resource.arn like "${RDS}:db:team-*"`);
    expect(answerTo(textOf(allow(LIST, `${RDS}:db:team-*`)), [team])).toEqual(proven);
    const tagged = when("permit", 'resource.tags has team && resource.tags.team == "data"');
    const byTag = allow(LIST, `${RDS}:db:*`, { StringEquals: { "aws:ResourceTag/team": "data" } });
    expect(answerTo(textOf(byTag), [tagged])).toEqual(proven);
  });

  it("does not answer with names that no resource of the type has", () => {
    const folder = when("forbid", 'resource.arn like "*/pii/*"');
    const text = (action: string, type: string) =>
      textOf(allow(action, `${RDS}:${type}:*`), deny(action, `${RDS}:${type}:*/pii/*`));
    expect(answerTo(text(LIST, "db"), [PERMIT, folder])).toEqual(proven);
    const colon = when("forbid", 'resource.arn like "*:og:*:mysql*"');
    expect(answerTo(text("rds:DescribeOptionGroups", "og"), [PERMIT, folder])).toEqual(proven);
    const groups = textOf(
      allow("rds:DescribeOptionGroups", `${RDS}:og:*`),
      deny("rds:DescribeOptionGroups", `${RDS}:og:*:mysql*`),
      deny("rds:DescribeOptionGroups", "arn:*:rds:*:*:*:og:*:mysql*"),
    );
    expect(answerTo(groups, [PERMIT, colon])).toMatchObject({ call: { askedAs: `${RDS}:og:*` } });
  });

  it("is looked for in either form that IAM may evaluate", () => {
    const stacks = "arn:aws:cloudformation:eu-west-1:111122223333:stack";
    const secret = when("forbid", `resource.arn like "${stacks}/secret*"`);
    const action = "cloudformation:DescribeStacks";
    const text = (...stars: readonly string[]) =>
      textOf(
        allow(action, `${stacks}/*`),
        deny(action, `${stacks}/secret*`),
        deny(action, `${stacks}/`),
        ...stars.map((star) => deny(action, star)),
      );
    for (const stars of [[], [`${stacks}/\${*}`], [`${stacks}/\${*}/\${*}`]])
      expect(answerTo(text(...stars), [PERMIT, secret])).toMatchObject({ verdict: "counterexample" });
    expect(answerTo(text(`${stacks}/\${*}*`), [PERMIT, secret])).toEqual(proven);
    expect(answerTo(text(`${stacks}/\${*}`, `${stacks}/\${*}/\${*}`), [PERMIT, secret])).toEqual(proven);
  });

  it("is denied by a star where the ARNs of the type begin with a name", () => {
    const [sap, action] = ["arn:aws:ssm-sap:eu-west-1:111122223333", "ssm-sap:ListComponents"];
    const forbid = when("forbid", `resource.arn like "${sap}:HANA/prod*"`);
    const text = (...denied: readonly string[]) => textOf(allow(action, `${sap}:*`), deny(action, denied));
    expect(answerTo(text(`${sap}:HANA/prod*`), [PERMIT, forbid])).toMatchObject({
      call: { askedAs: `${sap}:*/*` },
    });
    expect(answerTo(text(`${sap}:HANA/prod*`, `${sap}:\${*}*`), [PERMIT, forbid])).toEqual(proven);
  });

  it("is looked for under NotResource and other words for everything", () => {
    const but = { Effect: "Allow", Action: LIST, NotResource: `${RDS}:db:prod*` };
    expect(answerTo(textOf(but), [PERMIT, PROD])).toMatchObject({ verdict: "counterexample" });
    const denyBut = { Effect: "Deny", Action: LIST, NotResource: [`${RDS}:db:app`, `${RDS}:db:\${*}`] };
    expect(answerTo(textOf(allow(LIST, `${RDS}:db:*`), denyBut), [PERMIT, PROD])).toMatchObject(hidden(/:db:prod/));
    const denyAll = { Effect: "Deny", Action: LIST, NotResource: `${RDS}:db:app` };
    expect(answerTo(textOf(allow(LIST, `${RDS}:db:*`), denyAll), [PERMIT, PROD])).toEqual(proven);
    const any = "permit (principal, action, resource);";
    expect(answerTo(textOf(allow(LIST, "*"), denyProd), [any, PROD])).toMatchObject({ verdict: "counterexample" });
  });

  it("is no matter of actions that need a resource, or that are evaluated for * itself", () => {
    const table = "arn:aws:dynamodb:eu-west-1:111122223333:table";
    const forbid = when("forbid", `resource.arn like "${table}/prod*"`);
    const items = textOf(allow("dynamodb:GetItem", `${table}/*`), deny("dynamodb:GetItem", `${table}/prod*`));
    expect(answerTo(items, [PERMIT, forbid])).toEqual(proven);
  });

  it("is where the Resource is: nowhere else by a variable in a name, behind the head by one in the head", () => {
    const elsewhere = when("forbid", 'resource.region == "us-east-1"');
    const named = textOf(allow("s3:GetObject", "arn:aws:s3:::k/${aws:username}/*"));
    expect(answerTo(named, [PERMIT, elsewhere])).toEqual(proven);
    for (const [text, start, forbid] of [
      ["arn:aws:rds:${aws:x}:111122223333:db:*", /^arn:aws:rds:/, elsewhere],
      ["arn:aws:rds:eu-west-1", /^arn:aws:rds:eu-west-1/, PROD],
      ["arn:aws:rds", /^arn:aws:rds/, elsewhere],
    ] as const)
      expect(answerTo(textOf(allow(LIST, text)), [PERMIT, forbid])).toMatchObject({
        call: { action: LIST, resource: expect.stringMatching(start), conditions: { [text]: true } },
      });
    for (const text of ["arn:aws:rds:eu-central-1:111122223333:db:${aws:x}", "arn:aws:rds:eu-west-2"])
      expect(answerTo(textOf(allow(LIST, text)), [PERMIT, elsewhere])).toEqual(proven);
  });

  it("is allowed by a variable that may be a star, or by a type that may be this one, and denied by neither", () => {
    const [variable, type] = [`${RDS}:db:$\{aws:username}`, `${RDS}:d*:*`];
    for (const allowed of [variable, type])
      expect(answerTo(textOf(allow(LIST, allowed), denyProd), [PERMIT, PROD])).toMatchObject(hidden(/:db:prod/));
    for (const denied of [variable, type, `arn:aws:rds:$\{aws:PrincipalTag/region}:111122223333:db:*`])
      expect(answerTo(textOf(allow(LIST, `${RDS}:db:*`), denyProd, deny(LIST, denied)), [PERMIT, PROD])).toMatchObject(
        hidden(/:db:prod/),
      );
    const but = (Effect: string, NotResource: string) => ({ Effect, Action: LIST, NotResource });
    // A variable's value is not known: it may be nothing of an Allow, and the star of a Deny.
    expect(answerTo(textOf(but("Allow", variable), denyProd), [PERMIT, PROD])).toMatchObject(hidden(/:db:prod/));
    const denyBut = textOf(allow(LIST, `${RDS}:db:*`), denyProd, but("Deny", variable));
    expect(answerTo(denyBut, [PERMIT, PROD])).toMatchObject(hidden(/:db:prod/));
  });

  it("is about each type of the catalogue that may be listed", () => {
    const { unknowns } = world();
    const calls = catalogue.prefixes.flatMap((prefix) => {
      const service = catalogue.service(prefix);
      const actions = (service?.names ?? []).flatMap((name) => service?.action(name) ?? []);
      return actions.flatMap((action) => unnamedCalls(action, unknowns));
    });
    expect(calls.length).toBeGreaterThan(1_000);
    expect(calls.every(({ isOfType }) => isOfType !== FALSE)).toBe(true);
  });
});
