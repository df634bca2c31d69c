import { agentId } from "../../contract/agent-id.ts";
import { counted } from "../../contract/decision/counted.ts";
import { canStepUp } from "../../functions/core/deployment/can-step-up.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import { personId } from "../../functions/core/identity/person.ts";
import { type OperationTarget, operationQuery } from "../../functions/core/policy/operation-query.ts";
import { type Deciding, decidingBundle } from "../../functions/policy/bundle.ts";
import { Problem } from "../../functions/policy/problem.ts";
import { entitiesIn } from "../../functions/policy/read/policy-nodes.ts";
import { ROUTES } from "../../functions/routes.ts";
import type { ActRoute } from "../../functions/step-up.ts";
import { decideOperation } from "../../functions/steps/requests/authorise-operation.ts";
import { ownCommand } from "../own-command.ts";
import { shellWord } from "../shell-quoting.ts";
import { bad, type Finding, ok, unknown } from "./finding.ts";
import type { Inspected } from "./inspected.ts";

const CHECK = "step-up";

/** Acts that take a vote where `stepUp` is on, in words. An act without a row does not compile. */
const ACTS = {
  "POST /v1/agents": "register an agent",
  "POST /v1/agents/{agent}": "change what an agent may become",
  "POST /v1/agents/{agent}/resume": "resume an agent",
  "POST /v1/agents/{agent}/offboard": "offboard an agent",
  "POST /v1/panic/lift": "lift a panic",
  "POST /v1/accounts/{account}/lift": "lift the halt of an account",
  "POST /v1/conditions/{condition}/loosen": "loosen a condition",
} as const satisfies Readonly<Record<ActRoute, string>>;

/** Routes of these acts, each with the operation that policies permit. */
const ACT_ROUTES = Object.entries(ACTS).flatMap(([key, words]) => {
  const route = ROUTES.find(({ method, path }) => `${method} ${path}` === key);
  return route && "permission" in route ? [{ words, operation: route.permission, path: route.path }] : [];
});

/** Possible voters for an act: people whom the configuration or a policy names, and groups of an issuer. */
interface Givers {
  readonly people: readonly string[];
  readonly groups: readonly string[];
}

/**
 * Reports which acts of operators take a vote, and who can give it. A voter needs a permit for the act, and an issuer
 * that can prove a sign-in for it. Only its issuer knows the number of people in a group.
 */
export function inspectStepUp(
  deployment: Pick<Deployment, "stepUp" | "issuers" | "operators">,
  { policiesDir, configFile }: Pick<Inspected, "policiesDir" | "configFile">,
): readonly Finding[] {
  if (!deployment.stepUp)
    return [
      unknown(
        CHECK,
        `no act takes a vote: an operator's token alone may ${Object.values(ACTS).join(", ")}`,
        `write "stepUp": true and "console": {"url": …} into valetkey.json, and console and approvals of the operators' issuer, as \`valetkey init --show valetkey.json\` has them; see docs/approvals.md`,
      ),
    ];
  try {
    const bundle = decidingBundle(policiesDir, [], configFile);
    const each = ACT_ROUTES.map((act) => ({ words: act.words, givers: giversOf(act, deployment, bundle) }));
    const alike = Map.groupBy(each, ({ givers }) => JSON.stringify(givers));
    return [...alike.values()]
      .map((same) => findingOf(same.map(({ words }) => words).join(", "), same[0]?.givers ?? NOBODY))
      .concat(ok(CHECK, "take no vote: suspend an agent, end a task, declare a panic, and every other act"));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [bad(CHECK, error.message, `${ownCommand()} policy check ${shellWord(policiesDir)}`)];
  }
}

const NOBODY: Givers = { people: [], groups: [] };

function findingOf(acts: string, { people, groups }: Givers): Finding {
  const who = [
    ...(people.length > 0 ? [`${count(people.length)} (${people.join(", ")})`] : []),
    ...groups.map(whoeverIs),
  ];
  const found = `take a vote: ${acts}. Can give it: ${who.join(", and ") || "nobody"}`;
  if (groups.length > 0 || people.length > 1) return ok(CHECK, found);
  return bad(
    CHECK,
    found,
    "permit a second person, or a group, in a policy on valetkey:Operate, of a people's issuer with console and approvals; see docs/approvals.md",
  );
}

const count = (people: number): string => counted(people, "person", "people");
const whoeverIs = (group: string): string => `whoever is in ${group}`;

/**
 * Finds who can give the vote for an act, on any agent or on the deployment. Uses the policy engine of the deployment.
 */
function giversOf(
  { operation, path }: (typeof ACT_ROUTES)[number],
  { issuers, operators }: Pick<Deployment, "issuers" | "operators">,
  { policies, engine }: Deciding,
): Givers {
  const named = entitiesIn(policies.map(({ json }) => json));
  const idsOf = (wanted: string) => [...new Set(named.flatMap(({ type, id }) => (type === wanted ? [id] : [])))];
  const targets = path.startsWith("/v1/agents") ? agentsIn(idsOf("Team")) : (["deployment"] as const);
  const first = operators.map(({ issuer, subject }) => personId({ issuer, value: subject }));
  const canVote = (id: string) => issuers.some((issuer) => canStepUp(issuer) && id.startsWith(`${issuer.name}|`));
  const may = (id: string, groups: readonly string[]): boolean => {
    const operator = { id, groups, isFirst: first.includes(id) };
    const query = (target: OperationTarget) => operationQuery(operator, operation, target);
    return canVote(id) && targets.some((target) => decideOperation(query(target), engine).isPermitted);
  };
  return {
    people: [...new Set([...first, ...idsOf("User")])].filter((id) => may(id, [])),
    // A person without a name: only the group is known.
    groups: idsOf("Group").filter((group) => may(`${group.split("|")[0]}|`, [group])),
  };
}

/** Agents of no team and of each team that the policies name. */
const agentsIn = (teams: readonly string[]): readonly OperationTarget[] =>
  ["", ...teams].map((team) => ({ id: agentId("any-agent"), team, owner: "" }));
