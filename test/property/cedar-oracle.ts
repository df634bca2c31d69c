import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { callOf } from "../../functions/adapters/cedar/cedar-call.ts";
import { groupsOf } from "../../functions/core/catalogue/groups-of.ts";
import { labelsOf } from "../../functions/core/identity/labels.ts";
import { type Obligations, obligationsOf } from "../../functions/core/policy/obligations.ts";
import type { Query } from "../../functions/core/policy/query.ts";
import { actionOf } from "../unit/core/catalogue/load-catalogue.ts";
import { cedarOf, jsonOf } from "../unit/core/cedar-of.ts";
import { WATCHED } from "./arbitrary/policies.ts";
import type { Scenario } from "./arbitrary/scenarios.ts";
import type { Call } from "./aws-request.ts";

/** A policy without effect, in place of a watched one. All policies keep their positions, and so their ids. */
export const SILENT = "permit (principal, action, resource) when { false };";

/**
 * Evaluates concrete calls with Cedar in the plainest way: every attribute is known. Returns the permits that permit
 * the call on their own terms; none where the call is forbidden or not permitted. A policy in shadow mode does not
 * count. A forbid that errs counts as one that holds. An action that mints needs a permit with `@outlives`
 * (docs/design.md#policy).
 * @param given votes that people gave. A permit that requires more permits nothing.
 */
export function cedarOracle(
  texts: readonly string[],
  { asker }: Pick<Scenario, "asker">,
  openedAtMs: number,
  given: Votes = [],
): (call: Call) => readonly string[] {
  const ofAgent = oracleAbout(texts, asker, openedAtMs, given);
  if (asker.onBehalf === undefined) return ofAgent;
  const ofPerson = oracleAbout(texts, { ...asker, asks: "person" }, openedAtMs, given);
  return (call) => (ofPerson(call).length > 0 ? ofAgent(call) : []);
}

type Votes = readonly { readonly group: string; readonly count: number }[];

/** True where the votes that a permit requires were given: each group's, and the person's own for a consent. */
function areGiven({ approval = [], consent }: Obligations, given: Votes, { onBehalf }: About): boolean {
  const has = (name: string, votes: number) => given.some(({ group, count }) => group === name && count >= votes);
  return (
    (!consent || (onBehalf !== undefined && has("@person", 1))) && approval.every((each) => has(each.group, each.count))
  );
}

/** Requester. `asks: "person"` evaluates the person for whom the agent requests, in place of the agent. */
type About = Scenario["asker"] & { readonly asks?: "person" };

function oracleAbout(texts: readonly string[], asker: About, openedAtMs: number, given: Votes) {
  const enforced = texts.map((text) => (text.startsWith(WATCHED) ? SILENT : text));
  const policies = cedarOf(enforced);
  return (call: Call): readonly string[] => {
    const { allowed, deciding, errored } = policies.evaluate(queryOf(asker, call));
    if (!allowed || isNever(call)) return [];
    const isForbid = (id: string) => policies.facts(id)?.effect === "forbid";
    const couldHold = (id: string) => {
      const text = enforced[Number(id.slice(1))] ?? "";
      return holds(text, literalsOf(text), asker, call);
    };
    if (errored.filter(isForbid).some(couldHold)) return [];
    return deciding.filter((id) => {
      const annotations = policies.facts(id)?.annotations ?? {};
      const obligations = obligationsOf(annotations);
      const { maxTtlSeconds = asker.ttlSeconds, bindIp } = obligations;
      return (
        areGiven(obligations, given, asker) &&
        call.atMs < openedAtMs + 1_000 * Math.min(maxTtlSeconds, asker.ttlSeconds) &&
        // A call that a service makes is bound to no address (SECURITY.md).
        (!bindIp || call.byService === true || call.sourceIp === asker.sourceIp) &&
        (annotations.outlives !== undefined || !actionOf(call.action).mints)
      );
    });
  };
}

/**
 * True where no task may make the call, whatever policy permits. The rule is written out here, not read from the code
 * under test.
 */
const isNever = ({ action, resource, passedTo = "" }: Call): boolean => {
  if (action === "sts:AssumeRole") return true;
  if (action !== "iam:PassRole") return false;
  const [role, services] = [/^arn:aws:iam::\d{12}:role\/deploy$/, ["lambda.amazonaws.com", "ecs.amazonaws.com"]];
  return !role.test(resource) || !services.includes(passedTo);
};

/**
 * True where a forbid holds, or errs for want of tags and would hold with some value of them. Nobody may evade a forbid
 * by removing a tag. A forbid that errs for another reason counts as one that holds.
 * @param literals values for a missing tag: each that the policy names.
 */
function holds(text: string, literals: readonly string[], asker: About, call: Call): boolean {
  const answer = cedar.isAuthorized({ ...callOf(queryOf(asker, call)), policies: { staticPolicies: { only: text } } });
  if (answer.type === "failure") throw new Error(`Cedar refused the question: ${JSON.stringify(answer.errors)}`);
  const { reason, errors } = answer.response.diagnostics;
  const [error] = errors;
  if (error === undefined) return reason.length > 0;
  const missing = /^record does not have the attribute `(.*?)`/.exec(error.error.message)?.[1];
  if (missing === undefined || Object.hasOwn(call.tags, missing)) return true;
  const own = [...(asker.ancestors ?? []), ...labelsOf(asker.agent), asker.agent.team, asker.purpose];
  const values = new Set([...literals, ...own, "-", "\u0001"]);
  return [...values].some((value) =>
    holds(text, literals, asker, { ...call, tags: { ...call.tags, [missing]: value } }),
  );
}

/**
 * The strings in a policy; for each pattern, one string that it matches and one that it nearly matches; for each two
 * patterns, one string that both may match (`b*` and `*a`: `ba`).
 */
function literalsOf(text: string): readonly string[] {
  const found = new Set<string>();
  const patterns = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { Value, pattern } = node as { readonly Value?: unknown; readonly pattern?: unknown };
    if (typeof Value === "string") found.add(Value);
    if (Array.isArray(pattern)) {
      const texts = pattern.map((each: unknown) => (each as { readonly Literal?: string }).Literal ?? "");
      found.add(texts.join("")).add(texts.join("-"));
      patterns.add(texts.join(""));
    }
    for (const each of Object.values(node)) walk(each);
  };
  walk(jsonOf(text).conditions);
  const both = [...patterns].flatMap((one) => [...patterns].map((other) => `${one}${other}`));
  return [...new Set([...found, ...both])];
}

/**
 * The person as Cedar's entity, and the agent and person as policies read them in the context. Written out here, not
 * read from the code under test.
 */
function personIn({ agent, onBehalf, asks }: About) {
  if (onBehalf === undefined) return { context: {}, entity: undefined };
  const { issuer, value, groups, isFirst } = onBehalf;
  if (asks === undefined) return { context: { onBehalfOf: { issuer, person: value, groups } }, entity: undefined };
  const id = `${issuer}|${value}`;
  const parents = groups.map((group) => ({ type: "Group", id: group }));
  return {
    context: { actor: { agent: agent.id, owner: agent.owner, team: agent.team } },
    entity: { uid: { type: "User", id }, attrs: { id, firstOperator: isFirst }, parents },
  };
}

export function queryOf(asker: About, call: Call): Query {
  const { action, resource, resourceAccount: account, tags } = call;
  const known = actionOf(action);
  const [, , service, region] = resource.split(":");
  const { context, entity } = personIn(asker);
  const principal = entity?.uid ?? { type: "Agent", id: asker.agent.id };
  const team = { type: "Team", id: asker.agent.team };
  const groups = groupsOf(known).map((id) => ({ type: "Action", id }));
  const target =
    resource === "*"
      ? { uid: { type: "AWS::Account", id: account }, attrs: { account }, parents: [] }
      : {
          uid: { type: "AWS::Resource", id: "one" },
          attrs: { arn: resource, service, region, account, tags },
          parents: [],
        };
  const at = new Date(call.atMs);
  const chain = asker.ancestors ?? [];
  return {
    principal,
    action: { type: "Action", id: action },
    resource: target.uid,
    context: {
      purpose: asker.purpose,
      ttl: asker.ttlSeconds,
      delegation: { depth: chain.length, chain: [...new Set(chain)] },
      time: { hour: at.getUTCHours(), weekday: at.getUTCDay() || 7 },
      sourceIp: { __extn: { fn: "ip", arg: asker.sourceIp } },
      ...context,
    },
    entities: [
      entity ?? {
        uid: principal,
        attrs: { ...asker.agent, labels: labelsOf(asker.agent) },
        parents: [team],
        tags: asker.claims,
      },
      { uid: { type: "Action", id: action }, attrs: {}, parents: groups },
      target,
      ...[team, ...groups, ...(entity?.parents ?? [])].map((uid) => ({ uid, attrs: {}, parents: [] })),
    ],
  };
}
