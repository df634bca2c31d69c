import { describe, expect, it } from "vitest";
import { ACCOUNT, AT, against, allow, answerTo, deny, PERMIT, PROVEN, textOf } from "./ask.ts";

const LAKE = "arn:aws:s3:::lake/*";
const RESULTS = "arn:aws:s3:::results/*";
const OURS = { StringEquals: { "aws:ResourceAccount": ACCOUNT } };
const PUB = { StringLike: { "s3:prefix": ["pub/*"] } };

const detail = (actions: string | readonly string[], resources: string | readonly string[], conditions?: object) => ({
  account: ACCOUNT,
  actions: [actions].flat(),
  resources: [resources].flat(),
  ...(conditions ? { conditions: conditions as never } : {}),
});
const READ = detail("s3:GetObject", LAKE);
const WRITE = detail("s3:PutObject", RESULTS);

describe("a session allows nothing beyond its details, though policy permits all of it", () => {
  it("is proven of the union of two details", () => {
    const text = textOf(allow("s3:GetObject", LAKE, OURS), allow("s3:PutObject", RESULTS, OURS));
    expect(answerTo(text, [PERMIT], { asked: [READ, WRITE] })).toEqual(PROVEN);
  });

  it.each([
    [
      "their product",
      [allow(["s3:GetObject", "s3:PutObject"], [LAKE, RESULTS], OURS)],
      { objection: "beyond the intent" },
    ],
    [
      "the actions of one on the resources of the other",
      [allow("s3:GetObject", RESULTS, OURS)],
      { action: "s3:GetObject", objection: "beyond the intent" },
    ],
    ["any account", [allow("s3:GetObject", LAKE)], { objection: "beyond the intent" }],
    ["more of a resource", [allow("s3:GetObject", "arn:aws:s3:::lake*", OURS)], { objection: "beyond the intent" }],
  ] as const)("has a counterexample for %s", (_, statements, call) => {
    const answer = answerTo(textOf(...statements), [PERMIT], { asked: [READ, WRITE] });
    expect(answer).toMatchObject(against(call));
  });

  it("has one where the conditions of one detail are at the other, or nowhere", () => {
    const details = [
      detail("s3:ListBucket", "arn:aws:s3:::lake", PUB),
      detail("s3:ListBucket", "arn:aws:s3:::results"),
    ];
    const of = (lake: object, results: object) =>
      textOf(
        allow("s3:ListBucket", "arn:aws:s3:::lake", { ...OURS, ...lake }),
        allow("s3:ListBucket", "arn:aws:s3:::results", { ...OURS, ...results }),
      );
    expect(answerTo(of(PUB, {}), [PERMIT], { asked: details })).toEqual(PROVEN);
    expect(answerTo(of({}, PUB), [PERMIT], { asked: details })).toMatchObject(
      against({ resource: "arn:aws:s3:::lake" }),
    );
    expect(answerTo(of({}, {}), [PERMIT], { asked: details })).toMatchObject(
      against({ resource: "arn:aws:s3:::lake" }),
    );
  });

  it("takes patterns of actions as the intent states them, and no others", () => {
    const details = [detail("s3:GetObject*", LAKE)];
    expect(answerTo(textOf(allow("s3:GetObjectAcl", LAKE, OURS)), [PERMIT], { asked: details })).toEqual(PROVEN);
    expect(answerTo(textOf(allow("s3:DeleteObject", LAKE, OURS)), [PERMIT], { asked: details })).toMatchObject(
      against({ objection: "beyond the intent" }),
    );
  });

  it("counts what a Deny takes as not allowed", () => {
    const text = textOf(allow("s3:GetObject", "arn:aws:s3:::lake*", OURS), deny("s3:GetObject", "arn:aws:s3:::lak?"));
    expect(answerTo(text, [PERMIT], { asked: [READ] })).toMatchObject(against({ objection: "beyond the intent" }));
  });

  it.each<[string, object, object]>([
    ["tags", { StringNotEquals: { "aws:ResourceTag/team": ["ops"] } }, { tags: { team: "ops" } }],
    ["the address", { IpAddress: { "aws:SourceIp": ["192.0.2.7"] } }, { from: "elsewhere" }],
    ["the time", { DateLessThan: { "aws:CurrentTime": [`${AT + 60}`] } }, { atSeconds: AT + 60 }],
  ])("has one where the text leaves out what a detail requires of %s", (_, conditions, call) => {
    const machine = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`;
    const details = [detail("ec2:StartInstances", machine, conditions)];
    const text = (condition: object) => textOf(allow("ec2:StartInstances", machine, condition));
    expect(answerTo(text({}), [PERMIT], { asked: details })).toMatchObject(
      against({ objection: "beyond the intent", ...call }),
    );
    expect(answerTo(text(conditions), [PERMIT], { asked: details })).toEqual(PROVEN);
  });

  it("leaves out the secrets that the session reads besides, and no other", () => {
    const secret = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:a-abcdef`;
    const text = textOf(allow("s3:GetObject", LAKE, OURS), allow("secretsmanager:GetSecretValue", secret));
    expect(answerTo(text, [PERMIT], { asked: [READ], reads: [secret] })).toEqual(PROVEN);
    expect(answerTo(text, [PERMIT], { asked: [READ] })).toMatchObject(against({ objection: "beyond the intent" }));
  });
});

it("I2: a star beside ARNs requests the actions that have no resource types, and no other resource", () => {
  const asked = [
    { account: ACCOUNT, actions: ["s3:ListAllMyBuckets", "s3:GetObject"], resources: ["*", "arn:aws:s3:::acme/*"] },
  ];
  const everything = "permit (principal, action, resource);";
  const text = (resource: string) => textOf(allow("s3:ListAllMyBuckets", "*"), allow("s3:GetObject", resource, OURS));
  expect(answerTo(text("arn:aws:s3:::payroll/*"), [everything], { asked })).toMatchObject(
    against({ objection: "beyond the intent", action: "s3:GetObject" }),
  );
  expect(answerTo(text("arn:aws:s3:::acme/*"), [everything], { asked })).toEqual(PROVEN);
});
