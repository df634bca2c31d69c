import { describe, expect, it } from "vitest";
import { cedarOracle } from "../../../property/cedar-oracle.ts";
import { ACCOUNT, AT, allow, answerTo, textOf, when } from "./ask.ts";

const ARN = "arn:aws:s3:::acme/x";
const TEXT = textOf(allow("s3:GetObject", ARN, { StringEquals: { "aws:ResourceAccount": ACCOUNT } }));
const asker = {
  agent: { id: "reporter", owner: "ada", team: "data" },
  ...{ claims: { ref: "main" }, purpose: "report", ttlSeconds: 3_600, sourceIp: "192.0.2.7" },
};
const CALL = {
  ...{ action: "s3:GetObject", resource: ARN, resourceAccount: ACCOUNT, tags: {}, bucketTags: {} },
  ...{ hasAbac: false, atMs: AT * 1_000, sourceIp: "192.0.2.7" },
};

const CONDITIONS = [
  ...[
    "true",
    "false",
    "!true",
    "!1",
    "-context.ttl == -3600",
    "-context.purpose == 1",
    "true && false",
    "1 && true",
    "true && 1",
  ],
  ...[
    "false || true",
    "true || 1",
    "false || 1",
    "1 || true",
    "if true then false else true",
    "if 1 then true else true",
  ],
  ...[
    "[].isEmpty()",
    "[1].isEmpty()",
    "context.isEmpty()",
    "[1, 2] == [2, 1, 1]",
    "[1] == [2]",
    "1 == true",
    '"a" != 1',
  ],
  ...[
    '{"a": 1} == {"a": 1}',
    '{"a": 1} == {"b": 1}',
    '{"a": 1} == {"a": 1, "b": 2}',
    '{"a": 1}.a == 1',
    '{"a": 1}.b == 1',
    '{"a": 1} has a',
    '{"a": 1} has b',
  ],
  ...["1 < 2", "2 <= 1", "2 > 1", "1 >= 2", '1 < "a"', "1 + 2 == 3", "1 - 2 == -1", "2 * 3 == 6", '1 + "a" == 1'],
  ...["context.ttl * 9007199254740991 * 9007199254740991 > 0", "-(context.ttl * 9007199254740991) < 0"],
  ...[
    "[1, 2].contains(1)",
    "1.contains(1)",
    "[1, 2].containsAll([1])",
    "[1].containsAll([1, 2])",
    "[1].containsAny([2, 1])",
    "[1].containsAny(1)",
    "1 in [principal]",
  ],
  ...[
    'principal in Team::"data"',
    'principal in [Team::"x"]',
    'principal in Agent::"reporter"',
    "principal in 1",
    'principal == Agent::"reporter"',
    'principal == Agent::"x"',
  ],
  ...[
    "principal is Agent",
    "principal is Team",
    'principal is Agent in Team::"data"',
    "1 is Agent",
    'principal.owner == "ada"',
    'principal.x == "ada"',
    "principal has owner",
    "principal has x",
  ],
  ...[
    'Team::"data".x == 1',
    'Team::"data" has x',
    "1 has x",
    'principal.hasTag("ref")',
    'principal.hasTag("x")',
    'principal.getTag("ref") == "main"',
    'principal.getTag("x") == "main"',
    '1.hasTag("x")',
    "principal.hasTag(1)",
  ],
  ...[
    'action == Action::"s3:GetObject"',
    'action in Action::"aws:Read"',
    'resource == AWS::Resource::"x"',
    'resource.hasTag("x")',
    'resource.service == "s3"',
    'resource.region == ""',
    `resource.account == "${ACCOUNT}"`,
  ],
  ...[
    'resource.arn like "*acme*"',
    'resource.arn like "acme*"',
    "resource.arn == 1",
    '"abc" like "a*c"',
    '"a*c" like "a\\*c"',
    '"abc" like "a\\*c"',
    '1 like "a"',
    'resource.region like "*:*"',
    "resource.arn == resource.arn",
    "resource.region == resource.service",
    "resource.service != resource.account",
  ],
  ...[
    "resource has tags",
    "resource.tags has team",
    "resource has tags.team",
    "resource has arn",
    "context has time.hour",
    "context has time.minute",
    "context has x.y",
    'resource.tags.team == "a"',
    "resource has arn.x",
  ],
  ...[
    "context.delegation.depth == 0",
    'context.delegation.chain.contains("x")',
    "context.time.hour == 12",
    "context.time.weekday == 2",
  ],
  ...[
    'context.sourceIp == ip("192.0.2.7")',
    'context.sourceIp == ip("192.0.2.7/31")',
    'context.sourceIp.isInRange(ip("192.0.2.0/24"))',
    'context.sourceIp.isInRange(ip("192.0.3.0/24"))',
    'context.sourceIp.isInRange(ip("::/0"))',
    'ip("192.0.2.0/23").isInRange(ip("192.0.2.0/24"))',
    "context.sourceIp.isInRange(1)",
  ],
  ...[
    "context.sourceIp.isIpv4()",
    "context.sourceIp.isIpv6()",
    "context.sourceIp.isLoopback()",
    'ip("127.0.0.9").isLoopback()',
    'ip("::1").isLoopback()',
    'ip("224.0.0.1").isMulticast()',
    'ip("ff02::1").isMulticast()',
    "context.sourceIp.isMulticast()",
    "context.ttl.isIpv4()",
  ],
  ...[
    'ip("1:2:3:4:5:6:7:8") == ip("1:2:3:4:5:6:7:8")',
    'ip("1::8") == ip("1:0::8")',
    'ip("1::8") == ip("1::9")',
    'ip("1.2.3") == ip("1.2.3")',
    'ip("1.2.3.256") == ip("1.2.3.4")',
    'ip("1.2.3.4/33") == ip("1.2.3.4")',
    'ip("1::2::3") == ip("::")',
    'ip("1:2") == ip("::")',
    'ip("12345::") == ip("::")',
    "ip(1) == ip(1)",
    'ip("x") == ip("x")',
  ],
];

describe("I2: what Cedar makes of an expression", () => {
  it.each(CONDITIONS)("is what the proof makes of it: %s", (condition) => {
    let permits: boolean;
    const text = when("permit", condition);
    try {
      permits = cedarOracle([text], { asker }, AT * 1_000)(CALL).length > 0;
    } catch {
      return; // It does not parse: nobody can deploy it.
    }
    expect(answerTo(TEXT, [text]).verdict).toBe(permits ? "proven" : "counterexample");
  });

  it.each([
    'decimal("1.0").lessThan(decimal("2.0"))',
    "resource.arn == resource.tags.team",
    "resource.tags == {}",
    "context.ttl < 9223372036854775807",
    "ip(resource.arn).isIpv4()",
    "principal.hasTag(resource.arn)",
  ])("is unknown where nobody here can tell: %s", (condition) => {
    expect(answerTo(TEXT, [when("permit", condition)]).verdict).not.toBe("proven");
    expect(
      answerTo(TEXT, [when("permit", `${condition} || true`), "permit (principal, action, resource);"]).verdict,
    ).toBe("proven");
  });

  it("leaves out what its head is not about", () => {
    const heads = [
      ...[
        'permit (principal == Agent::"x", action, resource);',
        'permit (principal in Team::"x", action, resource);',
        "permit (principal is User, action, resource);",
      ],
      ...[
        'permit (principal is Agent in Team::"x", action, resource);',
        'permit (principal, action == Action::"s3:PutObject", resource);',
        'permit (principal, action in [Action::"aws:Write"], resource);',
      ],
      ...[
        "permit (principal, action, resource is AWS::Account);",
        '@mode("shadow") permit (principal, action, resource);',
        '@approval("sre") permit (principal, action, resource);',
      ],
    ];
    for (const head of heads) expect(answerTo(TEXT, [head]).verdict, head).toBe("counterexample");
    expect(
      answerTo(TEXT, ['permit (principal is Agent in Team::"data", action in [Action::"aws:Read"], resource);'])
        .verdict,
    ).toBe("proven");
  });
});

describe("what is no session policy that can be read", () => {
  it.each([
    "{",
    "[]",
    '{"Version":"2008-10-17","Statement":[]}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Maybe"}}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject"}}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":1,"Resource":"*"}}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Principal":"*"}}',
  ])("is unknown: %s", (text) => {
    expect(answerTo(text, [])).toEqual({ verdict: "unknown", why: "text" });
  });

  it("is unknown for an action that the catalogue does not know", () => {
    expect(answerTo(textOf(allow("s3:NoSuchThing", "*")), [])).toEqual({ verdict: "unknown", why: "action" });
  });

  it("is asked about the account for an action without resources", () => {
    const permit = `permit (principal, action, resource is AWS::Account) when { resource.account == "${ACCOUNT}" };`;
    const text = textOf(allow("s3:ListAllMyBuckets", ["*", ARN], { StringEquals: { "aws:ResourceAccount": ACCOUNT } }));
    expect(answerTo(text, [permit]).verdict).toBe("proven");
    expect(answerTo(text, [])).toMatchObject({ verdict: "counterexample", call: { resource: "*", account: ACCOUNT } });
  });
});
