import { agentId, isAgentId } from "../../../contract/agent-id.ts";
import type { Catalogue } from "../../../functions/core/catalogue/catalogue.ts";
import { expandActions } from "../../../functions/core/catalogue/expand-actions.ts";
import { groupsOf } from "../../../functions/core/catalogue/groups-of.ts";
import { mayNameNone } from "../../../functions/core/catalogue/unnamed.ts";
import { iamText, literalHead } from "../../../functions/core/policy/remainders.ts";
import type { Glob } from "../../../functions/core/text/glob.ts";
import { type Clause, clausesOf } from "../../../functions/policy/clauses/clauses.ts";
import { conditionsIn } from "../../../functions/policy/clauses/conditions.ts";
import { awsAction, namedActions } from "../../../functions/policy/clauses/heads.ts";
import { ANY_PURPOSE, NOON_MS, type Request, type RequestAgent } from "../../../functions/policy/decide/request.ts";
import type { ReadPolicy } from "../../../functions/policy/read/parse-policies.ts";
import { entitiesIn, isNode, nodesIn } from "../../../functions/policy/read/policy-nodes.ts";

/** Request that is made from the names in a policy. */
export interface DerivedRequest extends Request {
  readonly policy: string;
}

/** Upper bound on the requests of one version of a policy. */
const MOST = 60;
/** Number of members that represent a group in requests. */
const SAMPLES = 3;
const ANY_ACCOUNT = "111122223333";

/**
 * Makes requests from a policy: each of its actions on each ARN that it names, whole sets included. The agent meets the policy's head and claims. Such
 * requests show that a widened permit grants more, even where no case does.
 * @param agents agents of the cases. One that meets the head is used as it is.
 */
export function requestsOf(
  read: ReadPolicy,
  agents: readonly RequestAgent[],
  catalogue: Catalogue,
): readonly DerivedRequest[] {
  const { json, policy } = read;
  if (json.principal.op === "is" && json.principal.entity_type === "User") return [];
  const conditions = conditionsFor(json);
  const found = (clausesOf(json) ?? []).flatMap((clause) =>
    detailsOf(read, clause, catalogue).map((detail): DerivedRequest => {
      const shown =
        detail.type === "aws"
          ? `${detail.actions?.[0]} on ${detail.resources?.[0]}`
          : `${detail.server}/${detail.tools?.[0]}`;
      return {
        policy: policy.id,
        title: `${shown}, as "${policy.id}" names it`,
        agent: agentFor(read, clause, agents),
        intent: [detail],
        purpose: textOf(clause, "context.purpose") ?? ANY_PURPOSE,
        ttlSeconds: 900,
        atMs: NOON_MS,
        ...(conditions.length === 0 ? {} : { conditions }),
        mode: "all",
      };
    }),
  );
  return [
    ...new Map(found.map((each) => [JSON.stringify([each.agent, each.intent, each.purpose]), each])).values(),
  ].slice(0, MOST);
}

/** Lists the conditions of the world with which a policy applies sooner than without them. */
function conditionsFor(json: ReadPolicy["json"]): readonly string[] {
  const uses = conditionsIn(json);
  const sooner = json.effect === "permit" ? "permits" : "restricts";
  return "fault" in uses ? [] : uses.flatMap(({ name, does }) => (does === sooner ? [name] : []));
}

interface DerivedDetail {
  readonly type: "aws" | "tool";
  readonly account?: string;
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
  readonly server?: string;
  readonly tools?: readonly string[];
}

function detailsOf(read: ReadPolicy, clause: Clause, catalogue: Catalogue): readonly DerivedDetail[] {
  const names = namedActions(read.json) ?? ["s3:GetObject", "tool:Call"];
  return names.flatMap((name): readonly DerivedDetail[] => {
    if (name === "tool:Call") {
      const [server, tool] = ["resource.server", "resource.name"].map((about) => textOf(clause, about));
      return server === undefined || tool === undefined ? [] : [{ type: "tool", server, tools: [tool] }];
    }
    return membersOf(name, catalogue).flatMap((action) =>
      resourcesFor(action, clause, catalogue).map((resource) => ({
        type: "aws" as const,
        account: accountIn(resource) ?? textOf(clause, "resource.account") ?? ANY_ACCOUNT,
        actions: [action],
        resources: [resource],
      })),
    );
  });
}

/** Returns the action itself, or some members of a group. */
function membersOf(name: string, catalogue: Catalogue): readonly string[] {
  if (awsAction(name, catalogue)) return [name];
  const [service = ""] = name.split(":");
  const prefix = service === "aws" ? "s3" : service;
  const all = catalogue.service(prefix) ? expandActions(catalogue, [`${prefix}:*`]) : { actions: [] };
  const members = "problem" in all ? [] : all.actions.filter((action) => groupsOf(action).includes(name));
  return members.map((action) => action.name).slice(0, SAMPLES);
}

function resourcesFor(name: string, { must }: Clause, catalogue: Catalogue): readonly string[] {
  const action = awsAction(name, catalogue);
  if (action?.resourceTypes.length === 0) return ["*"];
  const named = must
    .flatMap(({ about, glob }) => (about === "resource.arn" ? [requestedArn(glob)] : []))
    .filter((text) => text !== "");
  return named.length === 0 && action && mayNameNone(action) ? ["*"] : named;
}

/** Writes a pattern as the ARN of a request; "" where the pattern leaves one of the first five parts open, which a request must write out. */
function requestedArn(glob: Glob): string {
  const text = iamText(glob);
  return text.includes("${") || literalHead(glob).split(":").length < 6 ? "" : text;
}

const accountIn = (arn: string): string | undefined => /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];

/** Makes a text that meets the clause's first fact about this; undefined where the clause has no such fact. */
function textOf({ must }: Clause, about: string): string | undefined {
  const fact = must.find((each) => each.about === about);
  return fact?.glob.map((token) => (token === "any" ? "x" : token.literal)).join("");
}

const CLAIM = /^principal\.getTag\("(.*)"\)$/;

/** Finds an agent of the cases that meets the head, or makes one. Adds the claims and the labels that the policy names. */
function agentFor({ json }: ReadPolicy, clause: Clause, agents: readonly RequestAgent[]): RequestAgent {
  const named = entitiesIn(json.principal);
  const wanted = named.find(({ type }) => type === "Agent")?.id ?? textOf(clause, "principal.id");
  const id = isAgentId(wanted) ? wanted : undefined;
  const team = named.find(({ type }) => type === "Team")?.id ?? textOf(clause, "principal.team");
  const known = agents.find(
    (each) => (id === undefined || each.id === id) && (team === undefined || each.team === team),
  );
  const claims = clause.must.flatMap(({ about }) => {
    const claim = CLAIM.exec(about)?.[1];
    return claim === undefined ? [] : [[claim, textOf(clause, about) ?? ""] as const];
  });
  const { owner = "owner@example.com", labels = [] } = known ?? {};
  return {
    id: id ?? known?.id ?? agentId("anybody"),
    team: team ?? known?.team ?? "any-team",
    owner,
    labels: [...new Set([...labels, ...labelsIn(json)])],
    claims: { ...known?.claims, ...Object.fromEntries(claims) },
  };
}

/** Lists the labels that the conditions compare with `principal.labels`. */
const labelsIn = ({ conditions }: ReadPolicy["json"]): readonly string[] =>
  nodesIn(conditions).flatMap((node) =>
    ["contains", "containsAny", "containsAll"].flatMap((operator) => {
      const operands = node[operator];
      if (!isNode(operands) || !JSON.stringify(operands.left).includes('"attr":"labels"')) return [];
      const right = isNode(operands.right) && Array.isArray(operands.right.Set) ? operands.right.Set : [operands.right];
      return right.flatMap((each: unknown) => (isNode(each) && typeof each.Value === "string" ? [each.Value] : []));
    }),
  );
