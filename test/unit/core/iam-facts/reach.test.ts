import { describe, expect, it } from "vitest";
import { REACHES_BELOW } from "../../../../functions/core/iam-facts/reach.ts";
import { belowOf } from "../../../../functions/core/proof/aws/reach.ts";
import { actionOf, everyAction } from "../catalogue/load-catalogue.ts";
import { ACCOUNT, against, allow, answerTo, deny, PERMIT, PROVEN, textOf, when } from "../proof/ask.ts";
import { decided, verdictOn } from "./decided.ts";

const GROUPS = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:`;
const PATH = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/app`;
const BY_PATH = "ssm:GetParametersByPath";
const SECRET = when("forbid", 'resource.arn like "*:log-stream:secret*"');
const PASSWORD = when("forbid", `resource.arn == "${PATH}/db/password"`);

const rows = REACHES_BELOW.flatMap(({ actions, children }) => actions.map((action) => [action, children] as const));

describe("I2: a call that reaches what is below the resource that IAM checks", () => {
  it.each(["logs:CreateExportTask", "logs:GetLogRecord", "logs:GetLogGroupFields", "logs:DeleteLogGroup"])(
    "%s is refused on a group of which a stream is forbidden, and no text that allows it is proven",
    (action) => {
      const group = `${GROUPS}app:*`;
      expect(verdictOn(action, group, SECRET)).toMatchObject({ denied: { denial: { policy: "p1" } } });
      const byName = deny(action, `${GROUPS}app:log-stream:secret*`);
      expect(answerTo(textOf(allow(action, group), byName), [PERMIT, SECRET])).toMatchObject(
        against({ objection: { forbid: "p1" } }),
      );
      expect(answerTo(textOf(allow(action, group)), [PERMIT])).toEqual(PROVEN);
    },
  );

  it("no text is proven that reads a path below which a parameter is forbidden", () => {
    const denied = deny(BY_PATH, `${PATH}/db/password`);
    for (const resource of [PATH, `${PATH}/`, `${PATH}*`, `${PATH}/db`])
      expect(answerTo(textOf(allow(BY_PATH, resource), denied), [PERMIT, PASSWORD])).toMatchObject(
        against({ resource: `${PATH}/db/password`, objection: { forbid: "p1" } }),
      );
    expect(answerTo(textOf(allow(BY_PATH, `${PATH}/web`), denied), [PERMIT, PASSWORD])).toEqual(PROVEN);
    const byPath = when("permit", `resource.arn == "${PATH}"`);
    expect(answerTo(textOf(allow(BY_PATH, PATH)), [byPath])).toEqual(PROVEN);
  });

  it("is proven where the Deny is of parents, which IAM checks", () => {
    const audit = when("forbid", `resource.arn like "${GROUPS}/audit/*"`);
    const text = textOf(allow("logs:FilterLogEvents", `${GROUPS}*`), deny("logs:FilterLogEvents", `${GROUPS}/audit/*`));
    expect(answerTo(text, [PERMIT, audit])).toEqual(PROVEN);
    expect(answerTo(textOf(allow("logs:FilterLogEvents", `${GROUPS}*`)), [PERMIT, audit])).toMatchObject(against({}));
  });
});

it("I2: a forbid with a star inside a group's name is about streams too: no wide request is granted, and no text proven", () => {
  const secret = when("forbid", `resource.arn like "${GROUPS}/a*secret*"`);
  for (const target of [`${GROUPS}/app:*`, `${GROUPS}*`])
    expect(verdictOn("logs:FilterLogEvents", target, secret)).toMatchObject({ denied: { denial: { policy: "p1" } } });
  const text = textOf(allow("logs:FilterLogEvents", `${GROUPS}*`), deny("logs:FilterLogEvents", `${GROUPS}/a*secret*`));
  expect(answerTo(text, [PERMIT, secret])).toMatchObject(against({ objection: { forbid: "p1" } }));
});

it("a forbid of some log groups hides nothing of another group: no group's name holds a colon", () => {
  const audit = when("forbid", 'resource.arn like "*log-group:/audit/*"');
  for (const target of [`${GROUPS}/app/shop:*`, `${GROUPS}*`]) {
    const denied = decided("logs:FilterLogEvents", target, audit).flatMap(({ resources }) => resources);
    const text = textOf(allow("logs:FilterLogEvents", target), deny("logs:FilterLogEvents", denied));
    expect(answerTo(text, [PERMIT, audit])).toEqual(PROVEN);
  }
});

describe("the table of reach", () => {
  it.each(rows)("names an action of the catalogue, and what is below no type of it: %s", (name, children) => {
    const own = actionOf(name).resourceTypes.flatMap(({ arns }) => arns.map(formOf));
    // A path of parameters is written as a parameter is.
    expect(own.includes(children)).toBe(name === BY_PATH);
  });

  it("is read by the proof in its own way", () => {
    const own = new Set(rows.map(([action]) => action));
    const differing = everyAction().filter(({ name }) => own.has(name) !== (belowOf(name) !== undefined));
    process.stdout.write(`reach read in two ways: ${differing.map(({ name }) => name).join(", ") || "none"}\n`);
    expect(differing).toEqual([]);
    for (const [action, children] of rows) {
      const between = belowOf(action) ?? "";
      expect([action, between]).toEqual([action, expect.stringMatching(/^\/$|^[/:][\w-]+[/:]$/)]);
      expect(children).toContain(between);
    }
  });
});

it.each(["xlogs:FilterLogEvents", "logs:FilterLogEventsOf", "s3:GetObject"])("reaches nothing below: %s", (name) => {
  expect(belowOf(name)).toBeUndefined();
});

const formOf = (arn: string): string =>
  arn
    .split(":")
    .slice(5)
    .join(":")
    .replace(/\$\{[^}]*\}/g, "NAME");
