import type { ParsedArn } from "../../../functions/core/catalogue/arn.ts";
import type { CatalogueAction } from "../../../functions/core/catalogue/catalogue-action.ts";
import { ceilingPlaceOf } from "../../../functions/core/ceiling/ceiling.ts";
import { exceptionsOf } from "../../../functions/core/ceiling/exceptions.ts";
import { scopedTo, scopeKindOf } from "../../../functions/core/conditions/held-condition.ts";
import { defined } from "../../../functions/core/defined.ts";
import type { Account } from "../../../functions/core/deployment/deployment.ts";
import { obligationsOf, votesFor } from "../../../functions/core/policy/obligations.ts";
import { disjoint, globFromIam } from "../../../functions/core/text/glob.ts";
import { type ReachedBy, reachOnResource } from "../../../functions/policy/reach/on-resource.ts";
import {
  type ReachEntry,
  type ReachOfAgent,
  type ReachPermit,
  reachOf,
} from "../../../functions/policy/reach/reach-of.ts";
import { entryInWords, needsInWords } from "../../../functions/policy/reach/words.ts";
import type { DeploymentFiles } from "../../../infra/config/build-deployment.ts";
import type { GrantThen } from "../grants-around.ts";
import type { AgentThen, StateThen } from "../state-at.ts";
import type { ConditionThen } from "./conditions-at.ts";

/** Policy that decides, in words. */
export interface PolicyThen {
  readonly policy: string;
  readonly file: string;
  readonly actions: readonly string[];
  readonly says: string;
  /** Conditions of the world that it reads and that held for the agent then: `change-freeze (hub)`; absent where none. */
  readonly held?: readonly string[];
}

/** Permit in words, with its terms and the target accounts in which something could be issued by it. */
export interface PermitThen extends PolicyThen {
  readonly needs?: string;
  readonly approval: boolean;
  readonly accounts?: readonly string[];
}

/** Answer about one agent. `could_after_approval`: each permit asks for the votes of people. */
export interface AgentAnswer {
  readonly agent: string;
  readonly could: "could" | "could_after_approval" | "could_not";
  /** Sentences for what stopped the agent; empty where it could. */
  readonly why: readonly string[];
  readonly owner?: string;
  readonly team?: string;
  readonly permits: readonly PermitThen[];
  readonly forbids: readonly PolicyThen[];
  /** Forbids that may have excluded it, by the request or for a part of a pattern. */
  readonly may_forbid: readonly PolicyThen[];
  readonly grants: readonly GrantThen[];
}

/** Calls on a resource. */
export interface Asked {
  readonly arn: ParsedArn;
  readonly actions: readonly CatalogueAction[];
}

/** Deployed policies and accounts of the moment. */
type Deployed = Pick<DeploymentFiles, "policies" | "catalogue" | "accounts" | "deployment">;

/** Answers for each agent that was registered at the moment. */
export const answersFor = (
  asked: Asked,
  state: StateThen,
  deployed: Deployed,
  grants: readonly GrantThen[],
  conditions: readonly ConditionThen[],
): readonly AgentAnswer[] =>
  state.agents.map((agent) =>
    answerFor(
      agent,
      asked,
      state,
      deployed,
      grants.filter((each) => each.agent === agent.id),
      conditions.filter((each) => isFor(agent, each)),
    ),
  );

/** True where a condition holds for an agent. One of an account holds for each agent, in that account. */
function isFor({ id, team }: AgentThen, { scope }: ConditionThen): boolean {
  const [kind, named] = [scopeKindOf(scope), scopedTo(scope)];
  if (kind === "agent") return named === id;
  return kind !== "team" || team === undefined || named === team;
}

function answerFor(
  agent: AgentThen,
  asked: Asked,
  state: StateThen,
  deployed: Deployed,
  grants: readonly GrantThen[],
  conditions: readonly ConditionThen[],
): AgentAnswer {
  const { id, owner, team, labels } = agent;
  const reach = underConditions(reachOf({ id, ...defined({ owner, team, labels }) }, deployed), agent, conditions);
  const found = asked.actions.map((action) => ({ action, ...reachOnResource({ action, arn: asked.arn }, reach) }));
  const open = found.filter(({ forbids }) => forbids.length === 0);
  const permits = merged(
    open.flatMap(({ action, permits: each }) => each.flatMap((one) => within(one, action, asked.arn, state, deployed))),
  ).map(({ entry, actions, ...rest }) => permitInWords(rest, actions, entry, conditions));
  const stopped = whyNot(agent, state);
  const none =
    permits.length > 0
      ? []
      : found.some(({ forbids, permits: each }) => forbids.length > 0 && each.length > 0)
        ? ["a policy forbids it"]
        : found.some(({ permits: each }) => each.length > 0)
          ? ["no target account would have issued it: halted, retired, or not within the account's ceiling"]
          : ["no policy permits it"];
  const why = [...stopped, ...none];
  const couldBy = permits.some(({ approval }) => !approval) ? "could" : "could_after_approval";
  return {
    agent: id,
    could: why.length > 0 ? "could_not" : couldBy,
    why,
    ...defined({ owner, team }),
    permits,
    forbids: rulesOf(
      found.map(({ action, forbids }) => ({ action, rules: forbids })),
      conditions,
    ),
    may_forbid: rulesOf(
      open.map(({ action, sometimes }) => ({ action, rules: sometimes })),
      conditions,
    ),
    grants,
  };
}

function whyNot({ status, since, bindings }: AgentThen, { panic }: StateThen): readonly string[] {
  const by = since.by === undefined ? "" : ` by ${since.by}`;
  const because = since.reason === undefined ? "" : `: ${since.reason}`;
  return [
    ...(panic ? [`a panic was declared at ${panic.at} by ${panic.by ?? "somebody"}: nothing was issued`] : []),
    ...(status === "active" ? [] : [`it was ${status.replaceAll("_", " ")} since ${since.at}${by}${because}`]),
    ...(bindings === 0 ? ["no identity was bound to it"] : []),
  ];
}

interface Within extends ReachedBy<ReachPermit> {
  readonly actions: readonly string[];
}

/** Entry of a forbid, with the conditions of the world that made it certain. */
interface SettledEntry extends ReachEntry {
  readonly held?: readonly string[];
}

/**
 * Counts as certain each forbid whose only conditions on the request are conditions of the world that held for the agent
 * in every account.
 */
function underConditions(
  { forbids, uncounted, ...rest }: ReachOfAgent,
  { team }: AgentThen,
  conditions: readonly ConditionThen[],
): ReachOfAgent {
  const certain = conditions.filter(
    ({ scope }) => scopeKindOf(scope) !== "account" && (scopeKindOf(scope) !== "team" || team !== undefined),
  );
  const settled = ({ given = [], ...entry }: ReachEntry): readonly SettledEntry[] => {
    const held = given.map((each) =>
      "holds" in each ? certain.filter(({ condition }) => each.holds === readingOf(condition)) : [],
    );
    const isSettled = held.length > 0 && held.every((each) => each.length > 0);
    return isSettled ? [{ ...entry, held: held.flat().map(placeInWords) }] : [];
  };
  return {
    ...rest,
    forbids: [...forbids, ...uncounted.map(({ rule, entries }) => ({ rule, entries: entries.flatMap(settled) }))],
    uncounted: uncounted.map(({ rule, entries }) => ({
      rule,
      entries: entries.filter((entry) => settled(entry).length === 0),
    })),
  };
}

/** A permit with the target accounts that issue the call; none where no account does. */
function within(
  one: ReachedBy<ReachPermit>,
  { name }: CatalogueAction,
  arn: ParsedArn,
  { halted }: StateThen,
  { deployment }: Deployed,
): readonly Within[] {
  const { accounts } = one.entry;
  if (accounts === undefined) return [{ ...one, actions: [name] }];
  const issuing = accounts.filter((id) => {
    const account = deployment.accounts.find((each) => each.id === id);
    const isOfAccount = arn.account === "" || arn.account === id;
    return account !== undefined && isOfAccount && !halted.has(id) && mayIssue(name, arn, account);
  });
  return issuing.length === 0 ? [] : [{ ...one, entry: { ...one.entry, accounts: issuing }, actions: [name] }];
}

/** True unless the account's ceiling lets no task do the action on such a resource. */
function mayIssue(action: string, { text }: ParsedArn, account: Account): boolean {
  const named = exceptionsOf(account.exceptions).filter((each) => each.action === action);
  if (named.length === 0) return ceilingPlaceOf(action, account) === "within";
  const wanted = globFromIam(text);
  return named.some(({ resources }) => resources.some((each) => !disjoint(globFromIam(each), wanted)));
}

/** Joins the actions of one entry of a policy. */
function merged(all: readonly Within[]): readonly Within[] {
  const byText = new Map<string, Within>();
  for (const each of all) {
    const text = `${each.policy} ${JSON.stringify(each.entry)}`;
    const before = byText.get(text);
    byText.set(text, before ? { ...before, actions: [...before.actions, ...each.actions] } : each);
  }
  return [...byText.values()];
}

function permitInWords(
  { policy, file }: Pick<Within, "policy" | "file">,
  actions: readonly string[],
  entry: ReachPermit,
  conditions: readonly ConditionThen[],
): PermitThen {
  const needs = needsInWords(entry.needs);
  return {
    policy,
    file,
    actions,
    says: entryInWords({ ...entry, actions }),
    ...heldOf(entry, conditions),
    ...(needs === "" ? {} : { needs }),
    approval: votesFor({ ...obligationsOf({}), ...entry.needs }).length > 0,
    ...(entry.accounts === undefined ? {} : { accounts: entry.accounts }),
  };
}

/** Cedar's text by which a policy reads one condition. */
const readingOf = (condition: string): string => `context.conditions.contains("${condition}")`;

const placeInWords = ({ condition, scope }: ConditionThen): string => `${condition} (${scope})`;

/** Lists the conditions of the world that an entry reads, and that held. */
function heldOf(entry: SettledEntry, conditions: readonly ConditionThen[]): Pick<PolicyThen, "held"> {
  if (entry.held !== undefined) return { held: entry.held };
  const read = (entry.given ?? []).flatMap((each) =>
    "holds" in each ? each.holds : "fails" in each ? each.fails : [],
  );
  const held = conditions
    .filter(({ condition }) => read.some((text) => text.includes(readingOf(condition))))
    .map(placeInWords);
  return held.length === 0 ? {} : { held };
}

/** Lists rules once, each with the actions that it is about. */
function rulesOf(
  found: readonly { readonly action: CatalogueAction; readonly rules: readonly ReachedBy<ReachEntry>[] }[],
  conditions: readonly ConditionThen[],
): readonly PolicyThen[] {
  const byText = new Map<string, PolicyThen>();
  for (const { action, rules } of found)
    for (const { policy, file, entry } of rules) {
      const says = entryInWords(entry);
      const before = byText.get(`${policy} ${says}`);
      byText.set(`${policy} ${says}`, {
        policy,
        file,
        actions: [...(before?.actions ?? []), action.name],
        says,
        ...heldOf(entry, conditions),
      });
    }
  return [...byText.values()];
}
