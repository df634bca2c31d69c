import type { Agent } from "../identity/agent.ts";
import type { Pair } from "../intent/pairs.ts";
import type { Entity, Query } from "./query.ts";

/** Who asks, and the circumstances that policies may look at (`policies/schema.cedarschema`). */
export interface Requester {
  readonly agent: Pick<Agent, "id" | "owner" | "team">;
  /** The claims of its token that policies read, as tags (`principal.getTag("ref")`): each whole, since a token with one that cannot be told is refused. */
  readonly claims: Readonly<Record<string, string>>;
  readonly purpose: string;
  /** Seconds that the task was asked to live. */
  readonly ttlSeconds: number;
  /** Where the request came from, if it is known. */
  readonly sourceIp?: string;
  /** The agents of the tasks above, the root's first; none where it acts for itself. */
  readonly ancestors?: readonly string[];
  /** When it asks; epoch milliseconds. Policies see the hour and the day of the week, in UTC. */
  readonly atMs: number;
}

/** What a question leaves open: nothing, the resource's tags, or its ARN as well. Cedar then answers with what is left of each policy. */
export type Open = "nothing" | "tags" | "arn and tags";

/** The question for one pair. */
export function queryFor(pair: Pair, asker: Requester, open: Open): Query {
  const principal = agentEntity(asker);
  const action = actionEntity(pair.action, pair.groups);
  const resource = resourceEntity(pair, open);
  const entities = [principal, action, resource];
  return {
    principal: principal.uid,
    action: action.uid,
    resource: resource.uid,
    context: {
      purpose: asker.purpose,
      ttl: asker.ttlSeconds,
      delegation: { depth: asker.ancestors?.length ?? 0, chain: [...new Set(asker.ancestors)] },
      time: { hour: new Date(asker.atMs).getUTCHours(), weekday: new Date(asker.atMs).getUTCDay() || 7 },
      ...(asker.sourceIp === undefined ? {} : { sourceIp: { __extn: { fn: "ip", arg: asker.sourceIp } } }),
    },
    entities: [...entities, ...parentsOf(entities)],
  };
}

const agentEntity = ({ agent, claims }: Requester): Entity => ({
  uid: { type: "Agent", id: agent.id },
  attrs: { id: agent.id, owner: agent.owner, team: agent.team },
  parents: [{ type: "Team", id: agent.team }],
  tags: claims,
});

const actionEntity = (action: string, groups: readonly string[]): Entity => ({
  uid: { type: "Action", id: action },
  attrs: {},
  parents: groups.map((id) => ({ type: "Action", id })),
});

/** A resource has no identity of its own that a policy could name: only its attributes, of which the ARN may be unknown. */
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

/** Groups and teams, which have nothing of their own: Cedar wants each entity that another names. */
const parentsOf = (entities: readonly Entity[]): readonly Entity[] =>
  entities.flatMap(({ parents }) => parents).map((uid) => ({ uid, attrs: {}, parents: [] }));
