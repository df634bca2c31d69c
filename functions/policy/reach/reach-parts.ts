import { CONNECTOR_ACTIONS, DEFINITIONS } from "../../connectors/connectors.ts";
import { defined } from "../../core/defined.ts";
import { obligationsOf } from "../../core/policy/obligations.ts";
import type { DeployedPart, DeployedThreats } from "../../core/threat/deployed-threats.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";
import { entitiesIn } from "../read/policy-nodes.ts";
import type { KnownPrincipal } from "./decided-by.ts";
import {
  accountFacts,
  approverFacts,
  commonFacts,
  connectorFacts,
  type FactsFrom,
  factsHash,
  issuerFacts,
  type NamedFacts,
} from "./facts.ts";
import { EVERY } from "./group-members.ts";
import {
  isEnforcedOnAgents,
  type Reach,
  type ReachEntry,
  type ReachFrom,
  type ReachPermit,
  reachOf,
} from "./reach-of.ts";

/** Exclusions of one head from what other heads permit. */
export type Cuts = Pick<Reach, "except" | "sometimes" | "groups">;

/** Content of a part, which its hash is of. */
export interface PartContent {
  /** Reach of the head's permits, without what rules of the same head, or of everybody, exclude. */
  readonly reach: Reach;
  /** Exclusions by rules of this head from the permits of other heads. */
  readonly cuts: Cuts;
  /** Accounts in which the part may be granted, and groups that approve it. */
  readonly facts: NamedFacts;
}

/** Part of the reach that comes from the policies of one head, with its content. */
export interface ReachPart extends DeployedPart, PartContent {}

/** Parts of the reach with what their hashes are of. */
export interface ReachParts {
  /** Parts by the head of their policies: `everybody`, `team:data`, `agent:reporter`. */
  readonly parts: Readonly<Record<string, ReachPart>>;
  /** Connectors by type. */
  readonly connectors: NamedFacts;
  /** Facts that hold for every agent. */
  readonly common: NamedFacts;
  /** Facts of every issuer. */
  readonly issuers: NamedFacts;
}

const EVERYBODY = "everybody";

/**
 * Splits the reach of agents by the heads of policies. An agent's reach always lies within the parts of everybody, of its team and of itself, and each
 * rule that excludes something from it is in one of these. A vend can therefore name these parts without computing a reach.
 */
export function reachParts(from: ReachFrom, deployment: FactsFrom): ReachParts {
  const connectors = connectorFacts(deployment);
  const rules = from.policies.filter(isEnforcedOnAgents);
  const heads = new Set(rules.map(headOf).filter((head) => head !== undefined));
  const parts = [...heads].toSorted().flatMap((head): readonly (readonly [string, ReachPart])[] => {
    const { reach, cuts } = ofHead(head, rules, from);
    if (reach.permits.length + cuts.except.length + cuts.sometimes.length === 0) return [];
    const content = { reach, cuts, facts: factsOfReach(reach, from, deployment) };
    return [
      [head, { sha256: partHash(content), connectors: connectorsIn(reach, Object.keys(connectors)), ...content }],
    ];
  });
  return {
    parts: Object.fromEntries(parts),
    connectors,
    common: commonFacts(deployment),
    issuers: issuerFacts(
      deployment,
      (deployment.issuers ?? []).map(({ name }) => name),
    ),
  };
}

/** Returns the hashes alone, as the deployment ships them. */
export function deployedThreats({ parts, connectors, common, issuers }: ReachParts): DeployedThreats & Format {
  const hashed = (facts: NamedFacts) =>
    Object.fromEntries(Object.entries(facts).map(([name, each]) => [name, { sha256: factsHash(each) }]));
  return {
    format: "valetkey.reach-parts/2",
    parts: Object.fromEntries(
      Object.entries(parts).map(([name, { sha256, within, connectors: used }]) => [
        name,
        { sha256, ...defined({ within }), connectors: used },
      ]),
    ),
    connectors: hashed(connectors),
    deployment: hashed(common),
    issuers: hashed(issuers),
  };
}

interface Format {
  readonly format: "valetkey.reach-parts/2";
}

/** Computes the hash of a part. Takes the named fields alone. */
export const partHash = ({ reach, cuts, facts }: PartContent): string => factsHash({ reach, cuts, facts });

function ofHead(head: string, rules: readonly ReadPolicy[], from: ReachFrom): Pick<PartContent, "reach" | "cuts"> {
  const who = knownOf(head);
  const of = (policies: readonly ReadPolicy[]) => reachOf(who, { ...from, policies }).reach;
  const isForbid = ({ policy }: ReadPolicy) => policy.effect === "forbid";
  const isOwn = (rule: ReadPolicy) => headOf(rule) === head;
  const covers = (rule: ReadPolicy) => isOwn(rule) || headOf(rule) === EVERYBODY;
  const reach = of(rules.filter((rule) => (isForbid(rule) ? covers(rule) : isOwn(rule))));
  // A rule for everybody is repeated in each part that it cuts.
  const others = head === EVERYBODY ? [] : rules.filter((rule) => isForbid(rule) === isOwn(rule));
  const { except, sometimes, groups } = of(others);
  const named = [...except, ...sometimes].flatMap(({ actions }) => actions);
  const cut = Object.fromEntries(Object.entries(groups).filter(([name]) => named.includes(name)));
  return { reach, cuts: { except, sometimes, groups: cut } };
}

/** Lists the facts on which the permits of a reach depend. */
export function factsOfReach(
  { permits }: Reach,
  { accounts }: Pick<ReachFrom, "accounts">,
  deployment: FactsFrom,
): NamedFacts {
  return {
    ...accountFacts(deployment, [...new Set(permits.flatMap((permit) => accountsOf(permit, accounts)))]),
    ...approverFacts(
      deployment,
      permits.map(({ needs }) => ({ ...obligationsOf({}), ...needs })),
    ),
  };
}

/** Lists the accounts of a permit. One that names no type of resource may be granted in every account, unless its actions are of no account. */
const accountsOf = (permit: ReachPermit & ReachEntry, all: readonly string[]): readonly string[] =>
  permit.accounts ?? (permit.actions.every(isOfNoAccount) ? [] : all);

const GROUPS = new Set([...CONNECTOR_ACTIONS.values()].flatMap(({ groups }) => groups));
const isOfNoAccount = (name: string): boolean =>
  name === "tool:Call" || CONNECTOR_ACTIONS.has(name) || GROUPS.has(name);

/** Names the part of a rule by its head; undefined for a rule that is not about agents. */
function headOf({ json: { principal } }: ReadPolicy): string | undefined {
  if (principal.op === "is" && principal.entity_type !== "Agent") return undefined;
  const [named] = entitiesIn(principal);
  if (!named) return EVERYBODY;
  if (named.type === "Team") return `team:${named.id}`;
  return named.type === "Agent" ? `agent:${named.id}` : undefined;
}

function knownOf(head: string): KnownPrincipal {
  const [kind, name] = [head.slice(0, head.indexOf(":")), head.slice(head.indexOf(":") + 1)];
  if (kind === "team") return { team: name };
  return kind === "agent" ? { id: name } : {};
}

/**
 * Lists the types of the connectors whose actions a reach names, and `tool` where it names the call of a tool.
 * @param types connectors that the deployment has.
 */
const connectorsIn = ({ permits }: Pick<Reach, "permits">, types: readonly string[]): readonly string[] => {
  const named = new Set(permits.flatMap(({ actions }) => actions));
  return [
    ...DEFINITIONS.filter(
      ({ actions }) =>
        named.has(EVERY) ||
        Object.entries(actions).some(([name, { groups }]) => named.has(name) || groups.some((each) => named.has(each))),
    ).map(({ type }): string => type),
    ...(named.has(EVERY) || named.has("tool:Call") ? ["tool"] : []),
  ].filter((type) => types.includes(type));
};
