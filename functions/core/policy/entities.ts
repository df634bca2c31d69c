import type { AgentId } from "../../../contract/agent-id.ts";
import { type Holding, holdingIn } from "../conditions/holding.ts";
import type { Entity } from "../entity.ts";
import type { Agent } from "../identity/agent.ts";
import { labelsOf } from "../identity/labels.ts";
import { personId } from "../identity/person.ts";
import type { Pair } from "../intent/pairs.ts";
import type { OnBehalf } from "../people/on-behalf.ts";
import type { Query } from "./query.ts";

/** Agent with the facts that policies read about it. */
export interface PolicyAgent extends Pick<Agent, "owner" | "team" | "labels"> {
  /** `""` in a question about nobody. */
  readonly id: AgentId | "";
}

/** Requester of an intent, with the facts that policies may read (`policies/schema.cedarschema`). */
export interface Requester {
  readonly agent: PolicyAgent;
  /**
   * Claims of the token that policies read, as tags (`principal.getTag("ref")`). The list is complete: `claimsNamed`
   * refuses a token with a claim that has no text.
   */
  readonly claims: Readonly<Record<string, string>>;
  readonly purpose: string;
  /** Requested lifetime of the task; seconds. */
  readonly ttlSeconds: number;
  /** Address of the request, if known. */
  readonly sourceIp?: string;
  /** Agents of the tasks above, the root's first; none for a root. */
  readonly ancestors?: readonly AgentId[];
  /** Person for whom the task acts; absent for an agent that acts for itself. */
  readonly onBehalf?: OnBehalf | undefined;
  /** Conditions of the world that hold for the agent; for the person's part of the decision, too. */
  readonly conditions: Holding;
  /** `person`: Cedar decides about the person, with the agent as the actor. Absent: Cedar decides about the agent. */
  readonly asks?: "person";
  /** Time of the request; epoch milliseconds. Policies see the hour and the day of the week, in UTC. */
  readonly atMs: number;
}

/**
 * Unknowns of a question: none, the resource's tags, or its tags and ARN. With unknowns, Cedar returns the residual of
 * each policy.
 */
export type Open = "nothing" | "tags" | "arn and tags";

/**
 * Returns Cedar's question for one pair. With the ARN open, pairs of a requester that differ in their targets alone
 * share one question.
 */
export function queryFor(pair: Pair, requester: Requester, open: Open): Query {
  if (pair.kind !== "resource" || open !== "arn and tags") return questionOn(pair, requester, open);
  const kind = [pair.action, pair.service, pair.region, pair.account].join("\n");
  const known = OPEN.get(requester) ?? new Map<string, Query>();
  OPEN.set(requester, known);
  const query = known.get(kind) ?? questionOn(pair, requester, open);
  known.set(kind, query);
  return query;
}

/** Questions with the ARN open, by their requester, for the life of a request. */
const OPEN = new WeakMap<Requester, Map<string, Query>>();

function questionOn(pair: Pair, requester: Requester, open: Open): Query {
  const principal = principalOf(requester);
  const action = actionEntity(pair.action, pair.groups);
  const resource = resourceEntity(pair, open);
  const entities = [principal, action, resource];
  return {
    principal: principal.uid,
    action: action.uid,
    resource: resource.uid,
    context: {
      purpose: requester.purpose,
      ttl: requester.ttlSeconds,
      delegation: { depth: requester.ancestors?.length ?? 0, chain: [...new Set(requester.ancestors)] },
      time: { hour: new Date(requester.atMs).getUTCHours(), weekday: new Date(requester.atMs).getUTCDay() || 7 },
      conditions: holdingIn(requester.conditions, "account" in pair ? pair.account : undefined),
      ...actingOf(requester),
      ...(requester.sourceIp === undefined ? {} : { sourceIp: { __extn: { fn: "ip", arg: requester.sourceIp } } }),
    },
    entities: [...entities, ...parentsOf(entities)],
  };
}

/** Returns the requester with the person as Cedar's principal; undefined for an agent that acts for itself. */
export const personOf = (requester: Requester): Requester | undefined =>
  requester.onBehalf === undefined ? undefined : { ...requester, asks: "person" };

const principalOf = (requester: Requester): Entity =>
  requester.asks === "person" && requester.onBehalf ? userEntity(requester.onBehalf) : agentEntity(requester);

/** Returns the facts of the party that is not the principal: of the person, or of the agent. */
function actingOf({ agent, onBehalf, asks }: Requester): Readonly<Record<string, unknown>> {
  if (onBehalf === undefined) return {};
  if (asks === "person") return { actor: { agent: agent.id, owner: agent.owner, team: agent.team } };
  return { onBehalfOf: { issuer: onBehalf.issuer, person: onBehalf.value, groups: onBehalf.groups } };
}

const userEntity = (person: OnBehalf): Entity => ({
  uid: { type: "User", id: personId(person) },
  attrs: { id: personId(person), firstOperator: person.isFirst },
  parents: person.groups.map((id) => ({ type: "Group", id })),
});

const agentEntity = ({ agent, claims }: Requester): Entity => ({
  uid: { type: "Agent", id: agent.id },
  attrs: { id: agent.id, owner: agent.owner, team: agent.team, labels: labelsOf(agent) },
  parents: [{ type: "Team", id: agent.team }],
  tags: claims,
});

const actionEntity = (action: string, groups: readonly string[]): Entity => ({
  uid: { type: "Action", id: action },
  attrs: {},
  parents: groups.map((id) => ({ type: "Action", id })),
});

/**
 * Returns the resource's entity. An AWS resource has no id that a policy could name, only attributes. The ARN and the
 * tags may be unknown.
 */
function resourceEntity(pair: Pair, open: Open): Entity {
  switch (pair.kind) {
    case "resource":
      return {
        uid: { type: "AWS::Resource", id: "target" },
        attrs: {
          arn: open === "arn and tags" ? unknown("arn") : pair.target,
          service: pair.service,
          region: pair.region,
          account: pair.account,
          ...(open === "nothing" ? {} : { tags: unknown("tags") }),
        },
        parents: [],
      };
    case "account":
      return { uid: { type: "AWS::Account", id: pair.account }, attrs: { account: pair.account }, parents: [] };
    case "tool":
      return { uid: { type: "Tool", id: pair.target }, attrs: { server: pair.server, name: pair.tool }, parents: [] };
    case "connector":
      return pair.question.resource;
  }
}

const unknown = (name: string) => ({ __extn: { fn: "unknown", arg: name } });

/** Returns the entities of groups and teams, without attributes. Cedar needs each entity that another one names. */
const parentsOf = (entities: readonly Entity[]): readonly Entity[] =>
  entities.flatMap(({ parents }) => parents).map((uid) => ({ uid, attrs: {}, parents: [] }));
