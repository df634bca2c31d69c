import { describe, expect, it } from "vitest";
import { PartsCache } from "../../../../functions/core/proof/parts-cache.ts";
import { CachingProofs } from "../../../../functions/core/proof/proofs.ts";
import { emptyCache, prove } from "../../../../functions/core/proof/prove.ts";
import type { Question, StatedRequester } from "../../../../functions/core/proof/question.ts";
import { ACCOUNT, ASKER, AT, allow, deny, FENCE, PERMIT, QUESTION, statedOf, textOf, when } from "./ask.ts";

const ARN = "arn:aws:s3:::acme/x";
const READ = textOf(allow("s3:GetObject", ARN));
const START = textOf(allow("ec2:StartInstances", `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`));
const LIST = textOf(allow("s3:ListAllMyBuckets", "*"));
const SECRET = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:db-AbCdEf`;
const PERSON = { issuer: "staff", value: "pat", groups: ["staff|support"], isFirst: false } as const;
const VETTED: StatedRequester = {
  ...ASKER,
  agent: { ...ASKER.agent, labels: ["vetted"] },
  claims: { ref: "main" },
  chain: ["root"],
  sourceIp: "192.0.2.7",
  boundIp: "192.0.2.7",
};
const OF_VETTED: Omit<Question, "policies"> = { ...QUESTION, text: READ, asker: VETTED };
const askedBy = (asker: Partial<StatedRequester>) => ({ asker: { ...VETTED, ...asker } });
const agent = (changed: Partial<StatedRequester["agent"]>) => askedBy({ agent: { ...VETTED.agent, ...changed } });
const at = (time: string) => {
  const moment = Date.parse(time) / 1_000;
  const text = READ.replace("2026-11-24T13:00:00", new Date((moment + 900) * 1_000).toISOString().slice(0, 19));
  return { ...askedBy({ openedAt: moment, atMs: moment * 1_000 }), fenceAt: moment + 900, text };
};
const PREFIX = (values: readonly string[]) =>
  textOf(allow("s3:ListBucket", "arn:aws:s3:::acme", { StringEquals: { "s3:prefix": values } }));
const HELD = { key: "aws:PrincipalTag/mark", mark: "m1", actions: ["s3:GetObject"] };
const OF_HELD = textOf(
  allow("s3:Get*", ARN, { StringEquals: { "aws:PrincipalTag/mark": "m1", "aws:ResourceAccount": ACCOUNT } }),
);
const DYNAMO = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/t`;

/** Two questions under the same policies, with different answers. */
const PAIRS: readonly (readonly [string, readonly string[], Partial<Question>, Partial<Question>])[] = [
  ["the agent's id", [when("permit", 'principal.id == "reporter"')], {}, agent({ id: "other" })],
  ["the agent's owner", [when("permit", 'principal.owner == "ada"')], {}, agent({ owner: "bob" })],
  ["the agent's team", [when("permit", 'principal in Team::"data"')], {}, agent({ team: "ops" })],
  ["the agent's labels", [when("permit", 'principal.labels.contains("vetted")')], {}, agent({ labels: [] })],
  ["a team in the head", [PERMIT.replace("principal", 'principal in Team::"data"')], {}, agent({ team: "ops" })],
  ["an agent in the head", [PERMIT.replace("principal", 'principal == Agent::"reporter"')], {}, agent({ id: "x" })],
  ["an agent by its name", [when("permit", 'Agent::"reporter".owner == "ada"')], {}, agent({ owner: "bob" })],
  ["claims", [when("permit", 'principal.getTag("ref") == "main"')], {}, askedBy({ claims: { ref: "x" } })],
  ["the purpose", [when("permit", 'context.purpose == "report"')], {}, askedBy({ purpose: "x" })],
  ["the ttl", [when("permit", "context.ttl == 3600")], {}, askedBy({ ttlSeconds: 3_599 })],
  ["the chain", [when("permit", 'context.delegation.chain.contains("root")')], {}, askedBy({ chain: ["x"] })],
  ["the chain's length", [when("permit", "context.delegation.depth == 1")], {}, askedBy({ chain: ["root", "root"] })],
  ["the address", [when("permit", 'context.sourceIp == ip("192.0.2.7")')], {}, askedBy({ sourceIp: "192.0.2.8" })],
  ["an address that is known", [when("permit", "context has sourceIp")], {}, askedBy({ sourceIp: undefined })],
  ["the whole context", [when("permit", '{"a": context}.a.purpose == "report"')], {}, askedBy({ purpose: "x" })],
  ["the hour", [when("permit", "context.time.hour == 12")], {}, at("2026-11-24T14:10:00Z")],
  ["the day of the week", [when("permit", "context.time.weekday == 2")], {}, at("2026-11-25T12:45:00Z")],
  ["the person", [when("permit", "context has onBehalfOf")], askedBy({ person: PERSON }), {}],
  [
    "the person's name",
    [when("permit", 'context.onBehalfOf.person == "pat"')],
    askedBy({ person: PERSON }),
    askedBy({ person: { ...PERSON, value: "kim" } }),
  ],
  [
    "who is asked about",
    [when("permit", "principal is User")],
    askedBy({ person: PERSON, asks: "person" }),
    askedBy({ person: PERSON }),
  ],
  [
    "the first operator",
    [when("permit", "principal.firstOperator")],
    askedBy({ person: { ...PERSON, isFirst: true }, asks: "person" }),
    askedBy({ person: PERSON, asks: "person" }),
  ],
  [
    "the actor's owner",
    [when("permit", 'context.actor.owner == "ada"')],
    askedBy({ person: PERSON, asks: "person" }),
    askedBy({ person: PERSON, asks: "person", agent: { ...VETTED.agent, owner: "bob" } }),
  ],
  [
    "the action",
    [when("permit", 'action == Action::"s3:GetObject"')],
    {},
    { text: textOf(allow("s3:PutObject", ARN)) },
  ],
  [
    "an action by its name in a condition",
    [when("permit", 'Action::"s3:GetObject" in Action::"aws:Read"')],
    {},
    { text: textOf(allow("s3:PutObject", ARN)) },
  ],
  [
    "the account of what has no ARN",
    [`permit (principal, action, resource) when { resource.account == "${ACCOUNT}" };`],
    { text: LIST },
    { text: LIST, account: "444455556666" },
  ],
  [
    "a resource with an ARN, and the account",
    [`permit (principal, action, resource) when { resource has arn };`],
    { text: READ },
    { text: LIST },
  ],
  [
    "the Regions that the text names",
    [when("permit", "resource.region == resource.tags.region")],
    { text: inRegion("us-east-1") },
    { text: inRegion("eu-west-1") },
  ],
  ["the address that binds", [`@bindIp("yes") ${PERMIT}`], bound("192.0.2.7"), askedBy({ boundIp: undefined })],
  [
    "the address that the text binds to",
    [`@bindIp("yes") ${PERMIT}`],
    bound("192.0.2.7"),
    { ...bound("192.0.2.7"), ...askedBy({ boundIp: "192.0.2.8" }) },
  ],
  ["a term", [`@maxTtl("15m") ${PERMIT}`], {}, askedBy({ openedAt: AT - 60 })],
  [
    "votes",
    [`@approval("sre=2") ${PERMIT}`],
    askedBy({ approved: [{ group: "sre", count: 2 }] }),
    askedBy({ approved: [{ group: "sre", count: 1 }] }),
  ],
  ["the ttl that ends a permit", [PERMIT], {}, askedBy({ ttlSeconds: 600 })],
  ["the fence", [PERMIT], {}, { fenceAt: FENCE - 60 }],
  ["the text", [when("permit", `resource.arn == "${ARN}"`)], {}, { text: READ.replace("acme/x", "acme/y") }],
  ["what is asked", [PERMIT], {}, { asked: [{ account: "*", actions: ["s3:*"], resources: [`${ARN}y`] }] }],
  [
    "a condition that is asked",
    [PERMIT],
    { text: PREFIX(["a"]), ...asked(["a"]) },
    { text: PREFIX(["a"]), ...asked(["b"]) },
  ],
  ["what the task above may do", [PERMIT], { above: [[READ]] }, { above: [[START]] }],
  [
    "how many tasks are above",
    [PERMIT],
    { text: READ, above: [[READ, START]] },
    { text: READ, above: [[READ], [START]] },
  ],
  [
    "secrets that are read besides",
    [],
    { text: textOf(allow("secretsmanager:GetSecretValue", SECRET)), reads: [SECRET] },
    { text: textOf(allow("secretsmanager:GetSecretValue", SECRET)), reads: [] },
  ],
  ["what no task may do", [PERMIT], {}, { never: ["s3:Get*"] }],
  [
    "an exception",
    [PERMIT],
    { never: ["s3:Get*"], exceptions: [{ action: "s3:GetObject", resources: [ARN] }] },
    { never: ["s3:Get*"], exceptions: [{ action: "s3:GetObject", resources: [`${ARN}y`] }] },
  ],
  [
    "the names to which the role is held",
    [when("permit", 'action == Action::"s3:GetObject"')],
    { text: OF_HELD, held: HELD },
    { text: OF_HELD, held: { ...HELD, mark: "m2" } },
  ],
  [
    "how tags are spelled",
    [when("permit", 'resource.tags.team == "a"')],
    { text: START.replace("{}", '{"StringEquals":{"aws:ResourceTag/team":"a"}}') },
    { text: START.replace("{}", '{"StringEquals":{"aws:ResourceTag/team":"a"}}'), spelling: "another" },
  ],
  [
    "Denies, of which few were enough",
    [PERMIT, when("forbid", 'resource.arn like "*a"'), when("forbid", 'resource.arn like "*b"')],
    { text: tables(["*a", "*b"]) },
    { text: tables(["*a"]) },
  ],
  [
    "resources of two types behind one head",
    [when("permit", `resource.arn == "${DYNAMO}"`)],
    { text: textOf(allow("dynamodb:GetItem", DYNAMO)) },
    { text: textOf(allow("dynamodb:GetItem", [DYNAMO, `${DYNAMO}/index/i`])) },
  ],
];

function asked(values: readonly string[]): Partial<Question> {
  const conditions = { StringEquals: { "s3:prefix": values } };
  return { asked: [{ account: "*", actions: ["s3:ListBucket"], resources: ["*"], conditions }] };
}
/** Instances of the Region, with a tag that names one. */
function inRegion(region: string): string {
  const tagged = { StringEquals: { "aws:ResourceTag/region": "us-east-1" } };
  return textOf(allow("ec2:StartInstances", `arn:aws:ec2:${region}:${ACCOUNT}:instance/*`, tagged));
}
function bound(address: string): Partial<Question> {
  return { text: textOf(allow("s3:GetObject", ARN, { IpAddress: { "aws:SourceIp": address } })) };
}
function tables(ends: readonly string[]): string {
  return textOf(
    allow("dynamodb:GetItem", `${DYNAMO}*`),
    ...ends.map((end) => deny("dynamodb:*", `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${end}`)),
  );
}

const verdictOf = (question: Question, cache = emptyCache()) => prove(question, () => 0, cache).verdict;

describe("I2: the stored parts of a proof", () => {
  it.each(PAIRS)("hold nothing of another question's answer: %s", (_, texts, first, second) => {
    const policies = texts.map(statedOf);
    const [one, two] = [first, second].map((each): Question => ({ ...OF_VETTED, policies, ...each })) as [
      Question,
      Question,
    ];
    const cold = [one, two].map((each) => verdictOf(each));
    expect(cold).toEqual(["proven", "counterexample"]);
    for (const order of [
      [one, two, one],
      [two, one, two],
    ]) {
      const meant = order.map((each) => (each === one ? "proven" : "counterexample"));
      const cache = emptyCache();
      expect(order.map((each) => verdictOf(each, cache))).toEqual(meant);
      const forgetful = new PartsCache(0);
      expect(order.map((each) => verdictOf(each, forgetful))).toEqual(meant);
      const proofs = new CachingProofs(() => 0);
      expect(order.map((each) => proofs.answer(each).verdict)).toEqual(meant);
    }
  });

  it("hold nothing of any other question's answer, whatever came before", () => {
    const policies = PAIRS.map(([, texts]) => texts.map(statedOf));
    const questions = PAIRS.flatMap(([, , ...both], index) =>
      both.map((each): Question => ({ ...OF_VETTED, policies: policies[index] ?? [], ...each })),
    );
    const meant = questions.map((_, index) => (index % 2 === 0 ? "proven" : "counterexample"));
    const [cache, proofs] = [emptyCache(), new CachingProofs(() => 0)];
    for (let round = 0; round < 2; round += 1) {
      expect(questions.map((each) => verdictOf(each, cache))).toEqual(meant);
      expect(questions.map((each) => proofs.answer(each).verdict)).toEqual(meant);
    }
  });
});
