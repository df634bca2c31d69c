import { visibleText } from "../../../contract/decision/visible-text.ts";
import type { GrantThen } from "../grants-around.ts";
import type { PoliciesThen } from "../state-at.ts";
import type { AgentAnswer, PermitThen, PolicyThen } from "./answer.ts";
import type { ConditionThen } from "./conditions-at.ts";

/** Whole answer, as `--json` prints it. */
export interface WhoCould {
  readonly resource: string;
  /** Pattern of the resources inside of it, which have ARNs of their own; absent where it has none. */
  readonly inside?: string;
  readonly actions: readonly string[] | "any";
  readonly at: string;
  readonly log: { readonly verdict: string; readonly origin: string; readonly size: number };
  /** Policies of the moment: their hash, the events that name it, and the commit that has them. */
  readonly policies: PoliciesThen & { readonly hash: string; readonly commit?: string };
  /** Conditions of the world that held then. */
  readonly conditions: readonly ConditionThen[];
  readonly agents: readonly AgentAnswer[];
  /** Agents whose registration is later. */
  readonly not_registered: readonly string[];
  /** Grants around the moment to agents that were not registered then. */
  readonly other_grants: readonly GrantThen[];
  readonly unknown: readonly string[];
}

const HEADS = {
  could: "could",
  could_after_approval: "could, after an approval",
  could_not: "could not",
} as const satisfies Record<AgentAnswer["could"], string>;

/** Most actions that a line names. */
const MOST_ACTIONS = 5;

/** Most tasks that are listed of an agent. */
const MOST_GRANTS = 20;

/**
 * Words the answer. Control characters of the log's and the policies' texts become escapes.
 * @param command command line that puts the same question about another ARN.
 */
export function whoCouldText(
  { resource, inside, actions, at, log, policies, conditions, agents, ...rest }: WhoCould,
  command: (arn: string) => string,
): string {
  const { hash, before, after, commit } = policies;
  const named = before ?? after;
  const what = actions === "any" ? "do anything to" : actions.join(", ");
  const lines = [
    `Who could ${what}${actions === "any" ? "" : " on"} ${resource} at ${at}?`,
    ...(inside === undefined
      ? []
      : [`Not in this answer: ${inside}, which are other ARNs. For these: ${command(inside)}`]),
    `log ${log.origin}: ${log.verdict}, ${log.size} events`,
    `policies ${hash}: named by ${named?.event} at ${named?.at}${commit === undefined ? "" : `, commit ${commit}`}`,
    ...conditions.map((each) => `held then: ${conditionInWords(each)}`),
    ...(["could", "could_after_approval", "could_not"] as const).flatMap((could) =>
      agents.filter((each) => each.could === could).flatMap(agentLines),
    ),
    ...(agents.length === 0 ? ["No agent was registered then."] : []),
    ...(rest.not_registered.length === 0 ? [] : [`not registered yet: ${rest.not_registered.join(", ")}`]),
    ...firstOf(rest.other_grants.map((each) => `${each.agent}: ${grantInWords(each)}`)),
    "not known:",
    ...rest.unknown.map((each) => `  ${each}`),
  ];
  return lines.map((line) => `${visibleText(line)}\n`).join("");
}

function agentLines({ agent, could, why, owner, team, permits, forbids, may_forbid, grants }: AgentAnswer) {
  const who = `${agent} (team ${team ?? "?"}, owner ${owner ?? "?"})`;
  return [
    `${HEADS[could]}: ${who}${why.length === 0 ? "" : `: ${why.join("; ")}`}`,
    ...permits.map((each) => `  by ${ruleInWords(each)}${termsOf(each)}${heldInWords(each)}`),
    ...(could === "could_not" ? forbids : []).map((each) => `  forbidden by ${ruleInWords(each)}${heldInWords(each)}`),
    ...may_forbid.map((each) => `  unless ${ruleInWords(each)}${heldInWords(each)}`),
    ...firstOf(heldFirst(grants).map((each) => `  ${grantInWords(each)}`)),
  ];
}

/** Sorts the grants that were alive at the moment before the others. */
const heldFirst = (grants: readonly GrantThen[]): readonly GrantThen[] =>
  grants.toSorted((a, b) => Number(b.isHeld) - Number(a.isHeld));

/** Cuts a list of lines, and counts the others. */
const firstOf = (lines: readonly string[]): readonly string[] =>
  lines.length <= MOST_GRANTS
    ? lines
    : [...lines.slice(0, MOST_GRANTS), `  and ${lines.length - MOST_GRANTS} more tasks: --json has all`];

const grantInWords = ({ task, from, until, isHeld, event }: GrantThen): string =>
  `${isHeld ? "had a key then" : "had a key within a day"}: task ${task} from ${from} until ${until} (${event})`;

const ruleInWords = ({ policy, file, actions, says }: PolicyThen): string => {
  const more = actions.length > MOST_ACTIONS ? ` and ${actions.length - MOST_ACTIONS} more` : "";
  const names = actions.slice(0, MOST_ACTIONS).join(", ");
  return `${policy} (${file}): ${says.startsWith(actions.join(", ")) ? `${names}${more}${says.slice(actions.join(", ").length)}` : says}`;
};

const heldInWords = ({ held }: PolicyThen): string => (held === undefined ? "" : `; held then: ${held.join(", ")}`);

const conditionInWords = ({ condition, scope, until, at, by, reason, event }: ConditionThen): string =>
  `${condition} (${scope}) since ${at} by ${by ?? "somebody"} until ${until}${reason === undefined ? "" : `: ${reason}`} (${event})`;

const termsOf = ({ needs, approval }: PermitThen): string =>
  needs === undefined ? "" : `; needs ${needs}${approval ? " (people vote)" : ""}`;
