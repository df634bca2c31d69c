import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { intentOf, readIntent } from "../../../client/task/intent.ts";

const A = "111122223333";
const B = "444455556666";
const queue = (account: string) => `arn:aws:sqs:eu-west-1:${account}:jobs`;
const intent = (allow: string[], account: string | undefined = A, tool: string[] = []) =>
  intentOf({ allow, tool, account });

describe("--allow", () => {
  it.each([
    ["one action on one ARN", ["s3:GetObject=arn:aws:s3:::b/*"], [[A, ["s3:GetObject"], ["arn:aws:s3:::b/*"]]]],
    [
      "several of each",
      ["s3:Get*,s3:ListBucket=arn:aws:s3:::b,arn:aws:s3:::b/*"],
      [[A, ["s3:Get*", "s3:ListBucket"], ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]]],
    ],
    [
      "an S3 key with a comma and an equals sign",
      ["s3:GetObject=arn:aws:s3:::b/day=1,2.csv"],
      [[A, ["s3:GetObject"], ["arn:aws:s3:::b/day=1,2.csv"]]],
    ],
    ["an action without a resource type", ["sts:GetCallerIdentity=*"], [[A, ["sts:GetCallerIdentity"], ["*"]]]],
    ["an ARN that names its account", [`sqs:SendMessage=${queue(B)}`], [[B, ["sqs:SendMessage"], [queue(B)]]]],
    [
      "an ARN of AWS's own",
      ["iam:GetPolicy=arn:aws:iam::aws:policy/ReadOnlyAccess"],
      [[A, ["iam:GetPolicy"], ["arn:aws:iam::aws:policy/ReadOnlyAccess"]]],
    ],
    [
      "ARNs of two accounts",
      [`sqs:SendMessage=${queue(A)},${queue(B)}`],
      [
        [A, ["sqs:SendMessage"], [queue(A)]],
        [B, ["sqs:SendMessage"], [queue(B)]],
      ],
    ],
    [
      "two services in one account",
      ["s3:GetObject=arn:aws:s3:::b/*", `sqs:SendMessage=${queue(A)}`],
      [[A, ["s3:GetObject", "sqs:SendMessage"], ["arn:aws:s3:::b/*", queue(A)]]],
    ],
    [
      "two flags with the same actions",
      ["s3:GetObject=arn:aws:s3:::b/*", "s3:GetObject=arn:aws:s3:::c/*"],
      [[A, ["s3:GetObject"], ["arn:aws:s3:::b/*", "arn:aws:s3:::c/*"]]],
    ],
    [
      "the same ARN twice",
      ["s3:GetObject=arn:aws:s3:::b/*", "s3:PutObject=arn:aws:s3:::b/*"],
      [[A, ["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::b/*"]]],
    ],
  ])("takes %s", (_, allow, details) => {
    expect(intent(allow)).toEqual(
      details.map(([account, actions, resources]) => ({ type: "aws", account, actions, resources })),
    );
  });

  it("never requests a pair that no flag names: each flag is a statement of its own", () => {
    expect(intent(["s3:GetObject=arn:aws:s3:::b/*", "s3:PutObject=arn:aws:s3:::c/*"])).toEqual([
      {
        type: "aws",
        account: A,
        statements: [
          { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/*"] },
          { actions: ["s3:PutObject"], resources: ["arn:aws:s3:::c/*"] },
        ],
      },
    ]);
  });

  it("never lets an action reach into another flag's service that its own flag names too", () => {
    const [one, two] = ["i-1", "i-2"].map((id) => `arn:aws:ec2:eu-west-1:${A}:instance/${id}`);
    const document = `arn:aws:ssm:eu-west-1:${A}:document/x`;
    expect(intent([`ssm:SendCommand=${document},${one}`, `ec2:StopInstances=${two}`])).toMatchObject([
      {
        statements: [
          { actions: ["ssm:SendCommand"], resources: [document, one] },
          { actions: ["ec2:StopInstances"], resources: [two] },
        ],
      },
    ]);
  });

  it.each([
    ["no target", "s3:GetObject"],
    ["no action", "=arn:aws:s3:::b"],
    ["an action without a service", "GetObject=arn:aws:s3:::b"],
    ["every action of every service", "*=*"],
    ["something that is not an ARN", "s3:GetObject=b/*"],
    ["an address of S3", "s3:GetObject=s3://acme-data/reports/a.csv"],
    ["an ARN without a resource", "s3:GetObject=arn:aws:s3:::"],
  ])("refuses %s", (_, flag) => {
    expect(() => intent([flag])).toThrow(/--allow/);
  });

  it.each([
    ["nothing names the account", undefined, /add --account/],
    ["the account is not one", "prod", /12 digits/],
  ])("refuses an S3 ARN when %s", (_, account, message) => {
    expect(() => intentOf({ allow: ["s3:GetObject=arn:aws:s3:::b/*"], tool: [], account })).toThrow(message);
  });
});

describe("--tool", () => {
  it("takes a server and its tools", () => {
    expect(intent([], A, ["tickets=read,comment"])).toEqual([
      { type: "tool", server: "tickets", tools: ["read", "comment"] },
    ]);
  });

  it.each(["tickets", "tickets=", "=read", "tickets=read,,comment"])("refuses %s", (flag) => {
    expect(() => intent([], A, [flag])).toThrow(/--tool/);
  });
});

describe("--intent", () => {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-intent-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (text: string): string => {
    writeFileSync(join(folder, "intent.json"), text);
    return join(folder, "intent.json");
  };

  it("hands the array on as it is, conditions and all", () => {
    const details = [
      {
        type: "aws",
        account: A,
        actions: ["s3:ListBucket"],
        resources: ["arn:aws:s3:::b"],
        conditions: { StringLike: { "s3:prefix": ["x/*"] } },
      },
    ];
    expect(readIntent(file(JSON.stringify(details)))).toEqual(details);
  });

  it.each(["{}", "[1]", "[{}]", "nonsense"])("refuses a file that holds %s", (text) => {
    expect(() => readIntent(file(text))).toThrow(/--intent/);
  });

  it("refuses a file that is not there", () => {
    expect(() => readIntent(join(folder, "missing.json"))).toThrow(/cannot be read/);
  });
});

describe("an address of S3 in place of an ARN", () => {
  const asked = (flag: string) => () => intentOf({ allow: [flag], tool: [], account: "111122223333" });

  it("is answered with the ARN to write", () => {
    expect(asked("s3:GetObject=s3://acme-data/a/b.csv")).toThrow("; write arn:aws:s3:::acme-data/a/b.csv");
  });

  it("is quoted up to a bound", () => {
    expect(asked(`s3:GetObject=s3://acme-data/${"x".repeat(4_000)}`)).toThrow(/^.{0,700}$/s);
  });
});
