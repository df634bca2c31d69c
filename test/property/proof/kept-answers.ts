import fc from "fast-check";
import { CachingProofs } from "../../../functions/core/proof/proofs.ts";
import { prove } from "../../../functions/core/proof/prove.ts";
import type { Question, StatedPolicy, StatedRequester } from "../../../functions/core/proof/question.ts";
import { AT, allow, QUESTION, statedOf, textOf } from "../../unit/core/proof/ask.ts";

/** Conditions on the requester, in forms that hide the attributes they read. Some err. */
const CONDITIONS = [
  'context.purpose == "report"',
  'context["pur\\u{70}ose"] like "r*"',
  '{"a": context}.a.purpose == "report"',
  '(if context has sourceIp then context else {purpose: "b"}).purpose == "report"',
  "context.ttl > 1500",
  "context.delegation.depth == 1",
  'context.delegation.chain.contains("root")',
  'context has sourceIp && context.sourceIp == ip("192.0.2.7")',
  'context.sourceIp == ip("192.0.2.7")',
  'context has onBehalfOf && context.onBehalfOf.person == "pat"',
  'context has actor && context.actor.owner == "ada"',
  'principal is Agent && principal.owner == "ada"',
  'principal is Agent && principal.labels.contains("vetted")',
  'principal in Team::"data"',
  'principal == Agent::"reporter"',
  'principal is Agent && principal.hasTag("ref") && principal.getTag("ref") == "main"',
  'principal.getTag("ref") == "main"',
  '[principal].contains(Agent::"reporter")',
  '{of: principal}.of.owner == "ada"',
  'Agent::"reporter".owner == "ada"',
  'Agent::"reporter" in Team::"data"',
  "principal is User && principal.firstOperator",
  'resource.arn like "*x" && context.purpose == "report"',
  'context.conditions.contains("freeze")',
  '!context.conditions.containsAny(["incident", "freeze"])',
  'context.conditions.containsAll(["incident", "freeze"])',
  "true",
] as const;

const HEADS = [
  "principal",
  "principal is Agent",
  "principal is User",
  'principal in Team::"data"',
  'principal is Agent in Team::"data"',
  'principal == Agent::"reporter"',
  'principal in Group::"staff|support"',
] as const;

const TERMS = [
  "",
  '@maxTtl("5m") ',
  '@maxTtl("20m") ',
  '@maxTtl("30m") ',
  '@approval("sre") ',
  '@consent("") ',
  '@bindIp("") ',
];

const policyText = fc
  .record({
    effect: fc.constantFrom("permit", "permit", "permit", "permit", "permit", "forbid"),
    term: fc.constantFrom("", "", ...TERMS),
    head: fc.constantFrom("principal", "principal", ...HEADS),
    condition: fc.constantFrom("true", "true", "true", ...CONDITIONS),
  })
  .map(
    ({ effect, term, head, condition }) =>
      `${effect === "permit" ? term : ""}${effect} (${head}, action, resource) when { ${condition} };`,
  );

const [HERE, THERE] = ["192.0.2.7", "192.0.2.8"];
const PERSON = { issuer: "staff", value: "pat", groups: ["staff|support"], isFirst: false };

const FACTS = {
  id: fc.constantFrom("reporter", "other"),
  owner: fc.constantFrom("ada", "bob"),
  team: fc.constantFrom("data", "ops"),
  labels: fc.constantFrom(["vetted"], []),
  claims: fc.constantFrom({ ref: "main" }, { ref: "x" }, {}),
  purpose: fc.constantFrom("report", "x"),
  ttlSeconds: fc.constantFrom(3_600, 3_600, 1_800, 1_200, 600),
  chain: fc.constantFrom([], ["root"], ["x", "root"]),
  conditions: fc.constantFrom([], ["freeze"], ["freeze", "incident"]),
  sourceIp: fc.constantFrom(HERE, THERE, undefined),
  boundIp: fc.constantFrom(HERE, HERE, THERE, undefined),
  approved: fc.constantFrom([], [], [{ group: "sre", count: 1 }], [{ group: "@person", count: 1 }]),
  person: fc.constantFrom(
    undefined,
    undefined,
    PERSON,
    { ...PERSON, isFirst: true },
    { ...PERSON, value: "kim", groups: [] },
  ),
  asks: fc.constantFrom(undefined, undefined, "person" as const),
};
const facts = fc.record(FACTS);
const names = fc.subarray(Object.keys(FACTS), { maxLength: 3 });

/** Requesters that differ from the first in few facts, so that policies treat some of them alike. */
const alike = fc
  .tuple(facts, fc.array(fc.tuple(names, facts), { minLength: 5, maxLength: 8 }))
  .map(([first, others]) => [
    first,
    ...others.map(([changed, other]) =>
      Object.assign({}, first, Object.fromEntries(Object.entries(other).filter(([name]) => changed.includes(name)))),
    ),
  ]);

const askerOf = ({
  id,
  owner,
  team,
  labels,
  person,
  asks,
  ...rest
}: typeof facts extends fc.Arbitrary<infer T> ? T : never): StatedRequester => ({
  agent: { id, owner, team, labels },
  openedAt: AT,
  atMs: AT * 1_000,
  ...rest,
  ...(person ? { person, ...(asks ? { asks } : {}) } : {}),
});

const ARN = "arn:aws:s3:::acme/x";
const TEXTS = [
  textOf(allow("s3:GetObject", ARN)),
  textOf(allow("s3:GetObject", ARN, { IpAddress: { "aws:SourceIp": HERE } })),
];

const questionOf = (policies: readonly StatedPolicy[], text: string, asker: StatedRequester): Question => ({
  ...QUESTION,
  text,
  policies,
  asker,
});

/**
 * Property of remembered answers: a requester's answer equals that of a proof of its own, whoever requested before.
 * @param seen counts the verdicts, and the answers from the cache.
 */
export const keptAnswersAreProofs = (seen: Record<string, number>) =>
  fc.property(WORLD, ({ texts, text, askers }) => {
    let looks = 0;
    const proofs = new CachingProofs(() => {
      looks += 1;
      return 0;
    });
    const policies = texts.map((text, index) => statedOf(text, index));
    for (const who of askers.map(askerOf)) {
      const question = questionOf(policies, text, who);
      const before = looks;
      const { verdict } = proofs.answer(question);
      seen[verdict] = (seen[verdict] ?? 0) + 1;
      if (looks === before + 1 && verdict === "proven") seen.kept = (seen.kept ?? 0) + 1;
      const own = prove(question, () => 0).verdict;
      if (verdict !== own) throw new Error(`${verdict}, and by itself ${own}: ${JSON.stringify({ texts, text, who })}`);
    }
  });

const WORLD = fc.record({
  texts: fc.array(policyText, { minLength: 1, maxLength: 4 }),
  text: fc.constantFrom(...TEXTS),
  askers: alike,
});
