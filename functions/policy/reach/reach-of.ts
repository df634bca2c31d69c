import { createHash } from "node:crypto";
import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import type { Catalogue } from "../../core/catalogue/catalogue.ts";
import { defined } from "../../core/defined.ts";
import { isEnforced } from "../../core/policy/enforced.ts";
import { type Obligations, obligationsOf } from "../../core/policy/obligations.ts";
import { iamText } from "../../core/policy/remainders.ts";
import { globFromIam } from "../../core/text/glob.ts";
import { type Clause, clausesOf, type Fact, isNever } from "../clauses/clauses.ts";
import { awsAction, namedActions } from "../clauses/heads.ts";
import { mayMeet } from "../clauses/may-meet.ts";
import { isOfOperations } from "../clauses/obligations.ts";
import { withFacts } from "../clauses/unreachable.ts";
import { expressionText } from "../explain/parts.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";
import { entitiesIn } from "../read/policy-nodes.ts";
import { type Decider, deciderOf, expressionIn, type KnownPrincipal } from "./decided-by.ts";
import { EVERY, type GroupMembers, membersOf } from "./group-members.ts";

/** Condition on the resource. A value is in a pattern of IAM (`${*}` is the character), or not in it; or an expression of Cedar holds, or fails. */
export type ReachCondition =
  | { readonly of: string; readonly in: string }
  | { readonly of: string; readonly not_in: string }
  | { readonly holds: string }
  | { readonly fails: string };

/** Actions on resources. */
export interface ReachEntry {
  /** Actions and groups of actions, sorted; `*` is every action. */
  readonly actions: readonly string[];
  /** Type of the resource, and what it is in: `AWS::Resource`, `Table in Database::"orders"`; `*` for any. */
  readonly on: string;
  /** Conditions on the resource that must all hold. */
  readonly where: readonly ReachCondition[];
  /** Conditions on the request, or on fields of the agent that are not known here; absent where there are none. */
  readonly given?: readonly ReachCondition[];
}

export interface ReachPermit extends ReachEntry {
  /** Target accounts; absent where the resource is of no account of AWS. */
  readonly accounts?: readonly string[];
  /** Terms of the permit. */
  readonly needs: Partial<Obligations>;
  /** True where the permit is for actions whose effects outlive the task. */
  readonly outlives?: true;
}

/**
 * Upper bound on an agent's grants: every grant is in an entry of `permits`, and in none of `except`. Conditions that
 * are `given` count as true.
 */
export interface Reach {
  readonly permits: readonly ReachPermit[];
  readonly except: readonly ReachEntry[];
  /** Exclusions that hold only where what is `given` holds. They bound nothing, and a reach without one is another. */
  readonly sometimes: readonly ReachEntry[];
  /** Members of the groups that the permits name, and of those that are excluded by name. */
  readonly groups: Readonly<Record<string, GroupMembers>>;
}

/** Rule with its part of the reach. */
export interface ReachRule<E extends ReachEntry = ReachEntry> {
  readonly rule: ReadPolicy;
  readonly entries: readonly E[];
}

export interface ReachOfAgent {
  readonly reach: Reach;
  readonly permits: readonly ReachRule<ReachPermit>[];
  readonly forbids: readonly ReachRule[];
  /** Forbids that depend on the request, and so bound nothing. */
  readonly uncounted: readonly ReachRule[];
}

/** Facts from which a reach is computed. */
export interface ReachFrom {
  readonly policies: readonly ReadPolicy[];
  readonly catalogue: Catalogue;
  /** Ids of the target accounts in which credentials are issued. */
  readonly accounts: readonly string[];
}

/**
 * Computes the reach of an agent. A condition that is not understood counts as true in a permit, and as false in a
 * forbid. Rules on operations of people are no agent's.
 */
export function reachOf(who: KnownPrincipal, { policies, catalogue, accounts }: ReachFrom): ReachOfAgent {
  const own = policies.filter((rule) => isEnforcedOnAgents(rule) && mayBe(rule.json.principal, who));
  const permits = own
    .filter(({ policy }) => policy.effect === "permit")
    .map((rule) => ({ rule, ...permitted(rule, who, catalogue, accounts) }))
    .filter(({ entries }) => entries.length > 0);
  const forbidding = own.filter(({ policy }) => policy.effect === "forbid");
  const touching = (clausesBy: (rule: ReadPolicy) => readonly GivenClause[]): readonly ReachRule[] =>
    forbidding
      .map((rule) => ({
        rule,
        entries: clausesBy(rule)
          .filter((clause) => permits.some((each) => mayMeet(each, { rule, clauses: [clause] }, catalogue)))
          .map((clause) => entryOf(rule.json, clause)),
      }))
      .filter(({ entries }) => entries.length > 0);
  const forbids = touching((rule) => certain(rule, who));
  const uncounted = touching((rule) => uncertain(rule, who));
  const reach = {
    permits: distinct(permits.flatMap(({ entries }) => entries)),
    except: distinct(forbids.flatMap(({ entries }) => entries)),
    sometimes: distinct(uncounted.flatMap(({ entries }) => entries)),
  };
  return {
    reach: withGroups(reach, catalogue),
    permits: permits.map(({ rule, entries }) => ({ rule, entries })),
    forbids,
    uncounted,
  };
}

/** True for a rule that decides about agents' actions now. */
export const isEnforcedOnAgents = (rule: ReadPolicy): boolean => isEnforced(rule.policy) && !isOfOperations(rule);

/** Computes the hash of a reach: SHA-256 of `valetkey/reach/v2`, a line feed, and its canonical JSON (RFC 8785); hexadecimal. */
export const reachHash = (reach: Reach): string =>
  createHash("sha256")
    .update(`valetkey/reach/v2\n${canonicalJson(reach)}`)
    .digest("hex");

/** True unless the head certainly names another principal. */
function mayBe(principal: cedar.PolicyJson["principal"], who: KnownPrincipal): boolean {
  if (principal.op === "All") return true;
  if (principal.op === "is")
    return principal.entity_type === "Agent" && (principal.in === undefined || isWithin(principal.in, who));
  return isWithin(principal, who);
}

/** True unless the named entity is certainly neither the agent nor its team. */
function isWithin(named: object, { id, team }: KnownPrincipal): boolean {
  const { type, id: name } = ("entity" in named ? named.entity : undefined) as { type?: string; id?: string };
  if (type === "Agent") return id === undefined || name === id;
  return type === "Team" && (team === undefined || name === team);
}

function permitted(rule: ReadPolicy, who: KnownPrincipal, catalogue: Catalogue, accounts: readonly string[]) {
  const { outlives } = rule.policy.annotations;
  // The compiler accepts only a permit with @outlives for an action that mints.
  const isGranted = (name: string) => outlives !== undefined || !(awsAction(name, catalogue)?.mints ?? false);
  const actions = actionsOf(rule.json).filter(isGranted);
  const clauses = possible(rule, who).filter((clause) => !isNever(withFacts(clause)));
  const entries =
    actions.length === 0
      ? []
      : clauses.flatMap((clause): readonly ReachPermit[] => {
          const entry = { ...entryOf(rule.json, clause), actions };
          const within = accountsOf(entry, clause, accounts);
          if (within?.length === 0) return [];
          return [
            {
              ...entry,
              ...defined({ accounts: within }),
              needs: needsOf(rule),
              ...(outlives === undefined ? {} : { outlives: true }),
            },
          ];
        });
  return { entries, clauses };
}

/** Clause with its conditions on the resource, and with those that are given. */
interface GivenClause extends Clause {
  readonly given: readonly ReachCondition[];
}

/** Lists the clauses of a rule that the registration does not rule out. A rule with too many clauses is one clause. */
function possible({ json }: ReadPolicy, who: KnownPrincipal): readonly GivenClause[] {
  const clauses = clausesOf(json);
  if (clauses === undefined) return [{ must: [], mustNot: [], given: json.conditions.map(wholeCondition) }];
  return clauses
    .filter((clause) => decidedFacts(clause, who).every(({ by }) => by !== "no"))
    .map((clause) => ({ ...partOf(clause, who, "resource"), given: conditionsOf(partOf(clause, who, "open")) }));
}

const wholeCondition = ({ kind, body }: cedar.PolicyJson["conditions"][number]): ReachCondition =>
  kind === "when" ? { holds: expressionText(body) } : { fails: expressionText(body) };

/** Lists the clauses of a forbid that hold for every request, with their conditions on the resource. */
const certain = (rule: ReadPolicy, who: KnownPrincipal): readonly GivenClause[] =>
  isCertainlyOf(rule.json.principal, who) ? possible(rule, who).filter(({ given }) => given.length === 0) : [];

/** Lists the clauses of a forbid that depend on the request, or on unknown fields of the agent. */
const uncertain = (rule: ReadPolicy, who: KnownPrincipal): readonly GivenClause[] =>
  isCertainlyOf(rule.json.principal, who) ? possible(rule, who).filter(({ given }) => given.length > 0) : [];

/** True where the head names everybody, all agents, or the known agent or its team. */
function isCertainlyOf(principal: cedar.PolicyJson["principal"], { id, team }: KnownPrincipal): boolean {
  const [named] = entitiesIn(principal);
  if (!named) return principal.op === "All" || principal.op === "is";
  return named.type === "Agent" ? named.id === id : named.type === "Team" && named.id === team;
}

interface DecidedFact {
  readonly fact: Fact;
  readonly by: Decider;
}

const decidedFacts = ({ must, mustNot }: Clause, who: KnownPrincipal): readonly DecidedFact[] => [
  ...must.map((fact) => ({ fact, by: deciderOf(fact, true, who) })),
  ...mustNot.map((fact) => ({ fact, by: deciderOf(fact, false, who) })),
];

/** Keeps the facts of a clause that this decider decides. */
const partOf = ({ must, mustNot }: Clause, who: KnownPrincipal, by: Decider): Clause => ({
  must: must.filter((fact) => deciderOf(fact, true, who) === by),
  mustNot: mustNot.filter((fact) => deciderOf(fact, false, who) === by),
});

const conditionsOf = ({ must, mustNot }: Clause): readonly ReachCondition[] =>
  distinct([...must.map((fact) => conditionOf(fact, true)), ...mustNot.map((fact) => conditionOf(fact, false))]);

const actionsOf = (json: cedar.PolicyJson): readonly string[] => [...new Set(namedActions(json) ?? [EVERY])].sort();

const entryOf = (json: cedar.PolicyJson, { given, ...clause }: GivenClause): ReachEntry => ({
  actions: actionsOf(json),
  on: headOf(json.resource),
  where: conditionsOf(clause),
  ...(given.length === 0 ? {} : { given }),
});

function conditionOf({ about, glob }: Fact, isMet: boolean): ReachCondition {
  const expression = expressionIn(about);
  if (expression === undefined) return isMet ? { of: about, in: iamText(glob) } : { of: about, not_in: iamText(glob) };
  const text = expressionText(expression);
  if (iamText(glob) === "true") return isMet ? { holds: text } : { fails: text };
  return isMet ? { of: text, in: iamText(glob) } : { of: text, not_in: iamText(glob) };
}

function headOf(resource: cedar.PolicyJson["resource"]): string {
  if (resource.op === "All") return "*";
  const named = resource.op === "is" ? resource.in : resource;
  const entity = named && "entity" in named && "type" in named.entity ? named.entity : undefined;
  const inside = entity ? ` ${resource.op === "==" ? "==" : "in"} ${entity.type}::${JSON.stringify(entity.id)}` : "";
  return `${resource.op === "is" ? resource.entity_type : "resource"}${inside}`;
}

const OF_AWS = ["AWS::Resource", "AWS::Account"];

/** Lists the target accounts in which an entry may be granted; undefined for an entry whose resource may be of no account. */
function accountsOf({ on }: ReachEntry, clause: Clause, accounts: readonly string[]): readonly string[] | undefined {
  if (!OF_AWS.includes(on)) return undefined;
  return accounts
    .filter((id) => {
      const facts = (arn: string): readonly Fact[] => [
        { about: "resource.account", glob: [{ literal: id }] },
        ...(on === "AWS::Resource" ? [{ about: "resource.arn", glob: globFromIam(arn) }] : []),
      ];
      // An ARN names its account, or no account.
      return [`arn:*:*:*:${id}:*`, "arn:*:*:*::*"].some(
        (arn) => !isNever(withFacts({ must: [...clause.must, ...facts(arn)], mustNot: clause.mustNot })),
      );
    })
    .sort();
}

const needsOf = ({ policy }: ReadPolicy): Partial<Obligations> =>
  Object.fromEntries(Object.entries(obligationsOf(policy.annotations)).filter(([, asked]) => asked !== false));

/** Adds the groups of a reach. An excluded group that loses a member widens the reach; an exclusion of every action loses no member. */
const withGroups = (reach: Omit<Reach, "groups">, catalogue: Catalogue): Reach => ({
  ...reach,
  groups: Object.fromEntries(
    [
      ...new Set([
        ...reach.permits.flatMap(({ actions }) => actions),
        ...namedIn([...reach.except, ...reach.sometimes]),
      ]),
    ]
      .sort()
      .flatMap((name) => {
        const members = awsAction(name, catalogue) ? undefined : membersOf(name, catalogue);
        return members === undefined ? [] : [[name, members]];
      }),
  ),
});

const namedIn = (except: readonly ReachEntry[]): readonly string[] =>
  except.flatMap(({ actions }) => actions).filter((name) => name !== EVERY);

/** Sorts by content, and removes duplicates. */
function distinct<T>(items: readonly T[]): readonly T[] {
  const byText = new Map(items.map((item) => [canonicalJson(item), item]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
