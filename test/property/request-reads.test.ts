import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CedarPolicies } from "../../functions/adapters/cedar/cedar-policies.ts";
import { requestReads } from "../../functions/adapters/cedar/request-reads.ts";
import type { EntityUid } from "../../functions/core/entity.ts";
import type { Evaluation, Query } from "../../functions/core/policy/query.ts";
import { parsePolicies } from "../../functions/policy/read/parse-policies.ts";
import { jsonOf } from "../unit/core/cedar-of.ts";

/** Conditions on the context, in forms that hide the attributes they read. Some err. */
const ATOMS = [
  'context.purpose == "a"',
  'context["pur\\u{70}ose"] like "a*"',
  "context has ttl && context.ttl > 5",
  "context.ttl > 5",
  "context has delegation.depth && context.delegation.depth == 1",
  "context.delegation.depth == 1",
  "context has missing",
  "context.missing == 1",
  'context == {purpose: "a", ttl: 9}',
  '[context].contains({purpose: "a", ttl: 9, delegation: {depth: 1}})',
  '{whole: context}.whole.purpose == "a"',
  '(if context has ttl then context else {purpose: "b"}).purpose == "a"',
  'resource.arn like "x*" && context.ttl > 5',
  "true",
  'principal.team == "red"',
  "principal has team",
  "principal has labels.owner && principal.labels.owner == context.purpose",
  'principal.hasTag("ref") && principal.getTag("ref") == "main"',
  'principal.getTag(context.purpose) == "main"',
  'principal == Agent::"a"',
  'principal in Team::"red"',
  "principal in resource",
  "resource in principal",
  "resource == principal",
  'resource has team && resource.team == "red"',
  'Agent::"a".team == "red"',
  'Agent::"a" has team && Agent::"a" in Team::"red"',
  '{of: principal}.of.team == "red"',
  '[principal].contains(Agent::"a")',
  "principal is Agent",
] as const;

const HEADS = [
  "principal",
  "principal is Agent",
  'principal in Team::"red"',
  'principal is Agent in Team::"red"',
  'principal == Agent::"a"',
] as const;

const condition = fc.letrec<{ readonly any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(...ATOMS),
    fc
      .tuple(tie("any"), tie("any"), fc.constantFrom("&&", "||"))
      .map(([left, right, by]) => `(${left}) ${by} (${right})`),
    tie("any").map((negated) => `!(${negated})`),
  ),
})).any;

const policy = fc
  .record({
    effect: fc.constantFrom("permit" as const, "forbid" as const),
    kind: fc.constantFrom("when", "unless"),
    head: fc.constantFrom(...HEADS),
    condition,
    isShadow: fc.boolean(),
    isLabelled: fc.boolean(),
  })
  .map(
    ({ effect, kind, head, condition, isShadow, isLabelled }) =>
      `${isShadow ? '@mode("shadow")' : ""} ${isLabelled ? '@label("a")' : ""} ${effect} (${head}, action, resource) ${kind} { ${condition} };`,
  );

const context = fc.record(
  {
    purpose: fc.constantFrom("a", "ab", "b"),
    ttl: fc.constantFrom(1, 9),
    delegation: fc.record({ depth: fc.constantFrom(0, 1) }),
  },
  { requiredKeys: [] },
);

const agents = fc.record({
  id: fc.constantFrom("a", "b"),
  attrs: fc.record(
    { team: fc.constantFrom("red", "blue"), labels: fc.record({ owner: fc.constantFrom("a", "b") }) },
    {
      requiredKeys: [],
    },
  ),
  parents: fc.subarray([
    { type: "Team", id: "red" },
    { type: "Team", id: "blue" },
  ]),
  tags: fc.option(fc.constantFrom({ ref: "main" }, { a: "main" }, { ref: "dev" }), { nil: undefined }),
});

const resources = fc.constantFrom(
  { type: "AWS::Resource", id: "target" },
  { type: "Agent", id: "a" },
  { type: "Team", id: "red" },
);

const questions = fc.record({ agent: agents, resource: resources, context });

const worlds = fc.record({
  policies: fc.array(policy, { minLength: 1, maxLength: 4 }),
  questions: fc.array(questions, { minLength: 2, maxLength: 6 }),
});

interface Asking {
  readonly agent: {
    readonly id: string;
    readonly attrs: Query["context"];
    readonly parents: readonly EntityUid[];
    readonly tags: Readonly<Record<string, string>> | undefined;
  };
  readonly resource: EntityUid;
  readonly context: Query["context"];
}

const DEMO: Asking["agent"] = { id: "a", attrs: { team: "red" }, parents: [], tags: undefined };

function asking({ agent, resource, context }: Asking, arn: unknown): Query {
  const principal = { type: "Agent", id: agent.id };
  const own = {
    uid: principal,
    attrs: agent.attrs,
    parents: agent.parents,
    ...(agent.tags ? { tags: agent.tags } : {}),
  };
  const others = [
    { uid: resource, attrs: { arn }, parents: [] },
    ...agent.parents.map((uid) => ({ uid, attrs: {}, parents: [] })),
  ];
  const isOwn = resource.type === "Agent" && resource.id === agent.id;
  const entities = [own, ...others].filter(
    ({ uid }, index, all) => all.findIndex((other) => other.uid.type === uid.type && other.uid.id === uid.id) === index,
  );
  return {
    principal,
    action: { type: "Action", id: "s3:GetObject" },
    resource: isOwn ? principal : resource,
    context,
    entities,
  };
}

const UNKNOWN_ARN = { __extn: { fn: "unknown", arg: "resource.arn" } };

/** Cedar's order of policies differs between calls. */
const inOrder = ({ allowed, deciding, errored }: Evaluation): Evaluation => ({
  allowed,
  deciding: deciding.toSorted(),
  errored: errored.toSorted(),
});

describe("a remembered answer of Cedar", () => {
  it("equals the answer that Cedar gives anew, whatever of the context the policies read", () => {
    fc.assert(
      fc.property(worlds, ({ policies, questions }) => {
        const text = policies.map((each, index) => `@id("p${index}") ${each}`).join("\n");
        const prepared = parsePolicies({ name: "any.cedar", path: "any.cedar", text }).map((each) => each.policy);
        const labelled = prepared
          .filter(({ effect, annotations }) => effect === "permit" && annotations.label === "a")
          .map(({ id }) => id);
        const anew = () => new CedarPolicies({ policies: prepared, claims: [], hash: text });
        const cached = anew();
        for (const given of questions) {
          const [known, open] = [asking(given, "x/1"), asking(given, UNKNOWN_ARN)];
          expect(inOrder(cached.evaluate(known))).toEqual(inOrder(anew().evaluate(known)));
          expect(cached.evaluatePartially(open)).toEqual(anew().evaluatePartially(open));
          expect(cached.evaluateShadows(open)).toEqual(anew().evaluateShadows(open));
          const { residuals, errored } = anew().evaluatePartially(open);
          expect(cached.evaluateLabelled(open)).toEqual({
            residuals: residuals.filter(({ policy }) => labelled.includes(policy)),
            errored: errored.filter((id) => labelled.includes(id)),
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is reused for another purpose and another agent where no policy reads those, and for no difference that a policy reads", () => {
    const text = 'permit (principal, action, resource) when { context.ttl > 5 && principal.team == "red" };';
    const policies = [
      { id: "p0", effect: "permit" as const, annotations: {}, reads: [], text, json: jsonOf(text), scope: {} },
    ];
    const cedar = new CedarPolicies({ policies, claims: [], hash: "found again" });
    const resource = { type: "AWS::Resource", id: "target" };
    const answerOf = (agent: Asking["agent"], context: Query["context"]) =>
      cedar.evaluate(asking({ agent, resource, context }, "x"));
    const first = answerOf(DEMO, { ttl: 9, purpose: "a" });
    expect(answerOf(DEMO, { ttl: 9, purpose: "b" })).toBe(first);
    expect(answerOf({ ...DEMO, id: "b" }, { ttl: 9, purpose: "a" })).toBe(first);
    expect(answerOf(DEMO, { ttl: 1, purpose: "a" })).not.toBe(first);
    expect(answerOf({ ...DEMO, attrs: { team: "blue" } }, { ttl: 9, purpose: "a" })).not.toBe(first);
    expect(answerOf({ ...DEMO, tags: { ref: "main" } }, { ttl: 9, purpose: "a" })).not.toBe(first);
    const query = asking({ agent: DEMO, resource, context: { ttl: 9 } }, "x");
    const person = { type: "User", id: "a" };
    const own = { uid: person, attrs: DEMO.attrs, parents: [] };
    expect(cedar.evaluate({ ...query, principal: person, entities: [own, ...query.entities.slice(1)] })).not.toBe(
      first,
    );
  });

  it.each([
    ["the agent itself", { type: "Agent", id: "a" }],
    ["a group of the agent's", { type: "Team", id: "red" }],
  ])("is not reused for a resource that is %s and has changed", (_, resource) => {
    const text = 'permit (principal, action, resource) when { resource.color == "red" };';
    const policies = [
      { id: "p0", effect: "permit" as const, annotations: {}, reads: [], text, json: jsonOf(text), scope: {} },
    ];
    const cedar = new CedarPolicies({ policies, claims: [], hash: `changed ${resource.type}` });
    const principal = { type: "Agent", id: "a" };
    const isAllowed = (color: string): boolean => {
      const own = { uid: principal, attrs: {}, parents: [{ type: "Team", id: "red" }] };
      const group = { uid: { type: "Team", id: "red" }, attrs: {}, parents: [] };
      const entities = [own, group].map((entity) =>
        entity.uid.type === resource.type ? { ...entity, attrs: { color } } : entity,
      );
      return cedar.evaluate({ principal, action: { type: "Action", id: "x:Do" }, resource, context: {}, entities })
        .allowed;
    };
    expect([isAllowed("red"), isAllowed("blue")]).toEqual([true, false]);
  });
});

describe("the attributes of a request that a policy reads", () => {
  const readsOf = (text: string) => requestReads({ json: jsonOf(text), scope: {} });
  const when = (condition: string) => readsOf(`permit (principal, action, resource) when { ${condition} };`);

  it.each([
    ['context.purpose == "a" && context has ttl', new Set(["purpose", "ttl"])],
    ["context has delegation.depth", new Set(["delegation"])],
    ["context.delegation.depth == 1", new Set(["delegation"])],
    ["principal.purpose == 1", new Set()],
    ["context == context", "everything"],
    ["[context].isEmpty()", "everything"],
    ["{a: context} has a", "everything"],
    ["(if true then context else context) has a", "everything"],
    ['{"left": {"Var": "context"}, "attr": "ttl"} has left', new Set()],
  ])("include those of the context in %s", (condition, reads) => {
    expect(when(condition).context).toEqual(reads);
  });

  it.each([
    ['principal.team == "red" && principal has labels.owner', new Set(["team", "labels"])],
    ['principal.hasTag("ref") && principal.getTag("ref") == "main"', new Set()],
    ["principal.getTag(principal.team) == context.purpose", new Set(["team"])],
    ['principal == Agent::"a"', "everything"],
    ['principal.team == "red" && resource == Agent::"a"', "everything"],
    ["resource in principal", "everything"],
    ["principal is Agent", "everything"],
  ])("include those of the principal in %s", (condition, reads) => {
    expect(when(condition).principal).toEqual(reads);
  });

  it.each([
    ['principal in Team::"red"', new Set()],
    ['principal is Agent in Team::"red"', new Set()],
    ['principal == Agent::"a"', "everything"],
  ])("include those of the principal in the head %s", (head, reads) => {
    expect(readsOf(`permit (${head}, action, resource);`).principal).toEqual(reads);
  });

  it("include everything of the principal where the head is unknown, since it may not match", () => {
    expect(requestReads({ json: jsonOf('permit (principal in Team::"red", action, resource);') }).principal).toBe(
      "everything",
    );
  });
});
