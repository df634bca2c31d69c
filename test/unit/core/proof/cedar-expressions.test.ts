import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { cedarOracle } from "../../../property/cedar-oracle.ts";
import { ACCOUNT, AT, allow, answerTo, PERMIT, textOf, when } from "./ask.ts";

const ARN = "arn:aws:s3:::acme/x";
const TEXT = textOf(allow("s3:GetObject", ARN, { StringEquals: { "aws:ResourceAccount": ACCOUNT } }));
const asker = {
  agent: { id: agentId("reporter"), owner: "ada", team: "data" },
  claims: { ref: "main" },
  purpose: "report",
  ttlSeconds: 3_600,
  sourceIp: "192.0.2.7",
};
const CALL = {
  action: "s3:GetObject",
  resource: ARN,
  resourceAccount: ACCOUNT,
  tags: {},
  bucketTags: {},
  hasAbac: false,
  atMs: AT * 1_000,
  sourceIp: "192.0.2.7",
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
  ...["2 < 2", "1 <= 1", "1 <= 2", "1 > 2", "2 > 2", "1 >= 1", "2 >= 1", "3 - 2 == 1", "2 * 3 == 5"],
  ...[
    'Team::"reporter" == principal',
    'Agent::"x" == principal',
    "principal == 1",
    "1 == principal",
    "principal == principal",
    'principal == ip("::")',
    'ip("::") == principal',
    "1 == true",
    "true == true",
    '"1" == 1',
    '1 == "1"',
    "1 == 1",
  ],
  ...[
    'ip("0.0.0.0/0") == ip("::/0")',
    'ip("::1") == ip("::1/127")',
    "context.sourceIp == 1",
    "1 == context.sourceIp",
    '"192.0.2.7" == context.sourceIp',
    'ip("::1").isIpv4()',
    'ip("2001:db8::1").isIpv6()',
    'ip("::1").isIpv6()',
    "1.isIpv6()",
    'ip("128.0.0.1").isLoopback()',
    'ip("::2").isLoopback()',
    "1.isLoopback()",
    "1.isMulticast()",
    'ip("240.0.0.1").isMulticast()',
    'ip("fe00::1").isMulticast()',
    '1.isInRange(ip("::/0"))',
  ],
  ...[
    'ip("192.0.2.0/24").isInRange(ip("192.0.2.0/24"))',
    'ip("192.0.2.7").isInRange(ip("192.0.2.6/31"))',
    'ip("192.0.2.8").isInRange(ip("192.0.2.6/31"))',
    'ip("2001:db8::7").isInRange(ip("2001:db8::/32"))',
    'ip("2001:db9::7").isInRange(ip("2001:db8::/32"))',
    'ip("1.2.3.4/0").isInRange(ip("0.0.0.0/0"))',
    'ip("1.2.3.4/32") == ip("1.2.3.4")',
    'ip("1.2.3.4/01") == ip("1.2.3.4/1")',
    'ip("1.2.3.4/") == ip("1.2.3.4")',
    'ip("1.2.3.4/1x") == ip("1.2.3.4/1")',
    'ip("::/128") == ip("::")',
    'ip("::/129") == ip("::")',
    'ip("::/1000") == ip("::")',
  ],
  ...[
    'ip("01.2.3.4") == ip("1.2.3.4")',
    'ip("1.2.3.255") == ip("1.2.3.255")',
    'ip("1.2.3.1000") == ip("1.2.3.1000")',
    'ip("1.2.3.4.5") == ip("1.2.3.4.5")',
    'ip("1..3.4") == ip("1..3.4")',
    'ip(" 1.2.3.4") == ip("1.2.3.4")',
    'ip("1.2.3.4 ") == ip("1.2.3.4")',
    'ip("1.2.3.4") == ip("4.3.2.1")',
    'ip("::") == ip("0:0:0:0:0:0:0:0")',
    'ip("1::") == ip("1:0:0:0:0:0:0:0")',
    'ip("::8") == ip("0:0:0:0:0:0:0:8")',
    'ip("1:2:3:4:5:6:7::") == ip("1:2:3:4:5:6:7:0")',
    'ip("1:2:3:4:5:6:7:8::") == ip("1:2:3:4:5:6:7:8")',
    'ip("1:2:3:4::5:6:7:8") == ip("1:2:3:4:5:6:7:8")',
    'ip("1:2:3:4:5:6:7") == ip("1:2:3:4:5:6:7")',
    'ip("1:2:3:4:5:6:7:8:9") == ip("1:2:3:4:5:6:7:8:9")',
    'ip("ABCD::") == ip("abcd::")',
    'ip("abcg::") == ip("abcg::")',
    'ip("1:::2") == ip("1::2")',
    'ip(":1:2:3:4:5:6:7") == ip(":1:2:3:4:5:6:7")',
    'ip("") == ip("")',
  ],
  ...[
    "context.ttl == 3600",
    'context.purpose == "report"',
    "context.delegation.chain == []",
    "context has sourceIp",
    "context has delegation.depth",
    "context has delegation.x",
    "context == {}",
    "principal.labels.isEmpty()",
    'principal.labels.contains("x")',
    'principal.id == "reporter"',
    'principal.team == "data"',
    "principal.team has x",
    "principal has team.x",
    "(if principal has team then {a: 1} else {b: 1}) has a",
  ],
  ...[
    'principal in [Team::"x", Team::"data"]',
    'principal in Team::"reporter"',
    'principal in Agent::"data"',
    "principal in [1]",
    'principal in [Team::"data", 1]',
    'Agent::"reporter" in Team::"data"',
    'Team::"reporter" in Team::"data"',
    'Agent::"x" in Team::"data"',
    'Team::"data" in principal',
    'principal is Agent in Team::"x"',
    'principal is Team in Team::"data"',
    "principal is Agent in 1",
    'Agent::"reporter" has owner',
    'Agent::"x" has owner',
    'Agent::"reporter".owner == "ada"',
    'Agent::"reporter".hasTag("ref")',
    'Agent::"x".hasTag("ref")',
    'Agent::"x".getTag("ref") == "main"',
    "principal.getTag(1) == 1",
    '1.getTag("x") == 1',
  ],
  ...[
    "[1, 2].contains(3)",
    "[[1], [2]].contains([2, 2])",
    "[1, 2].containsAll([])",
    "[].containsAll([1])",
    "[1, 2].containsAll([2, 3])",
    "[1, 2].containsAny([3, 2])",
    "[1, 2].containsAny([])",
    "1.containsAll([1])",
    "1.containsAny([1])",
    "[1].containsAll(1)",
    '[1, principal].contains("x")',
    "[1, 2] == [1]",
    "[1] == [1, 2]",
    "[] == {}",
    "[] == []",
    "{} == {}",
    '{"a": 1} == {"a": 2}',
    '{"a": 1, "b": 2} == {"b": 2, "a": 1}',
    '{"a": [1, 2]} == {"a": [2, 1]}',
  ],
  ...[
    "1 + true == 1",
    "true - 1 == 1",
    "1 * true == 1",
    "1 <= true",
    "true > 1",
    "1 >= true",
    "9007199254740991 * 1024 > 0",
    "9007199254740991 * 1025 > 0",
    "-9007199254740991 * 1025 < 0",
    "-true == 1",
    "-1 == -1",
    "!(1 == 1)",
  ],
  ...[
    "true || (1 && true)",
    "false && (1 && true)",
    "(1 && true) || true",
    "true && (1 || true)",
    "if false then 1 else true",
    "if true then 1 else true",
    "if principal then true else true",
    "[1 && true].isEmpty()",
    "[true, 1 + true].contains(true)",
    '"a" like "*"',
    '"" like "*"',
    '"" like "a"',
    '"ab" like "a"',
    '"ab" like "b"',
    'principal like "*"',
    'resource.service like "s*"',
    'resource.service like "s3:"',
    'resource.account like "1111*"',
    'resource.account == "444455556666"',
    'resource.arn == "arn:aws:s3:::acme/x"',
    '"arn:aws:s3:::acme/x" == resource.arn',
    '"s3" == resource.service',
    "resource.arn < 1",
    "resource has x",
    "resource is AWS::Account",
    'action in [Action::"aws:Write", Action::"s3:Read"]',
    'action in Action::"s3:Write"',
    "action is Action",
    "action has x",
  ],
];

/** Answers of Cedar that were given: no mutant of the proof changes them, and they take longer than the proof. */
const answers = new Map<string, boolean | undefined>();
function cedarsAnswer(texts: readonly string[]): boolean | undefined {
  const name = texts.join();
  if (!answers.has(name)) answers.set(name, permitsOf(texts));
  return answers.get(name);
}

/** True where Cedar permits the call; undefined where it does not parse the texts. */
function permitsOf(texts: readonly string[]): boolean | undefined {
  try {
    return cedarOracle(texts, { asker }, AT * 1_000)(CALL).length > 0;
  } catch {
    return undefined;
  }
}

describe("I2: Cedar's value of an expression", () => {
  it.each(CONDITIONS)(
    "is what the proof makes of it, as a permit, as its opposite and as a forbid: %s",
    (condition) => {
      // The proof is about every value of a tag, and a call has one.
      const alone = [[when("permit", condition)]];
      const others = [[when("permit", `!(${condition})`)], [PERMIT, when("forbid", condition)]];
      for (const texts of condition.includes("tags") ? alone : [...alone, ...others]) {
        const permits = cedarsAnswer(texts);
        // A policy that does not parse can be deployed by nobody.
        if (permits === undefined) continue;
        expect(answerTo(TEXT, texts).verdict, texts.join()).toBe(permits ? "proven" : "counterexample");
      }
    },
  );

  it.each([
    'decimal("1.0").lessThan(decimal("2.0"))',
    '!(decimal("1.0").lessThan(decimal("2.0")))',
    'true && decimal("1.0").lessThan(decimal("2.0"))',
    'decimal("1.0").lessThan(decimal("2.0")) && true',
    '[decimal("1.0")].contains(1)',
    "resource.tags == {}",
    "{} == resource.tags",
    "context.ttl < 9223372036854775807",
    "ip(resource.arn).isIpv4()",
    "principal.hasTag(resource.arn)",
  ])("is unknown where no evaluation can decide: %s", (condition) => {
    const unknown = { verdict: "unknown", why: "policy" };
    expect(answerTo(TEXT, [when("permit", condition)])).toEqual(unknown);
    expect(answerTo(TEXT, [PERMIT, when("forbid", condition)])).toEqual(unknown);
    expect(answerTo(TEXT, [when("permit", condition), "permit (principal, action, resource);"]).verdict).toBe("proven");
  });

  it("is unknown where a tag is compared with the ARN, but not where the tag is missing", () => {
    const isTeam = "resource.tags has team && resource.arn == resource.tags.team";
    expect(answerTo(TEXT, [PERMIT, when("forbid", isTeam)])).toMatchObject({ verdict: "unknown" });
    expect(answerTo(TEXT, [when("permit", isTeam)])).toMatchObject({ verdict: "counterexample", call: { tags: {} } });
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

describe("a text that is no session policy", () => {
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

  it("is evaluated for the account for an action without resources", () => {
    const permit = `permit (principal, action, resource is AWS::Account) when { resource.account == "${ACCOUNT}" };`;
    const text = textOf(allow("s3:ListAllMyBuckets", ["*", ARN], { StringEquals: { "aws:ResourceAccount": ACCOUNT } }));
    expect(answerTo(text, [permit]).verdict).toBe("proven");
    expect(answerTo(text, [])).toMatchObject({ verdict: "counterexample", call: { resource: "*", account: ACCOUNT } });
  });
});
