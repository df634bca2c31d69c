import { ON_BEHALF_SECONDS } from "../../contract/limits.ts";
import { BUS_ENDINGS, RULE_IDS } from "../../contract/names.ts";
import { ENDING_PERMISSIONS, PERMISSIONS } from "../../contract/permissions.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import { RULES } from "../../functions/core/deployment/escalation-rules.ts";
import type { Agent } from "../../functions/core/identity/agent.ts";
import { isEnforcedPermit } from "../../functions/core/policy/enforced.ts";
import { obligationsOf, votesFor } from "../../functions/core/policy/obligations.ts";
import { mayShareActions, namedActions } from "../../functions/policy/clauses/heads.ts";
import { isOfOperations } from "../../functions/policy/clauses/obligations.ts";
import { partsOf } from "../../functions/policy/explain/parts.ts";
import type { ReachPermit, ReachRule } from "../../functions/policy/reach/reach-of.ts";
import { entryInWords, needsInWords } from "../../functions/policy/reach/words.ts";
import type { ReadPolicy } from "../../functions/policy/read/parse-policies.ts";
import type { Deployed } from "./inputs.ts";
import { timeInWords } from "./time-in-words.ts";

/** Part of a reach that people have to approve. */
export interface WaitsFor {
  readonly policy: string;
  readonly reach: readonly string[];
  readonly waits_for: string;
  readonly groups: readonly { readonly group: string; readonly issuer: string; readonly members: string }[];
}

/** Lists the permits that need an approval. */
export const approvalsOf = (
  permits: readonly ReachRule<ReachPermit>[],
  { approvers = [] }: Deployment,
): readonly WaitsFor[] =>
  permits.flatMap(({ rule, entries }) => {
    const [{ needs } = { needs: {} }] = entries;
    const votes = votesFor({ ...obligationsOf({}), ...needs });
    if (votes.length === 0) return [];
    const groups = approvers.filter(({ name }) => votes.some(({ group }) => group === name));
    return [
      {
        policy: rule.policy.id,
        reach: entries.map(entryInWords),
        waits_for: needsInWords(needs),
        groups: groups.map(({ name, issuer, members }) => ({
          group: name,
          issuer,
          members: "persons" in members ? members.persons.join(", ") : `${members.claim} has ${members.value}`,
        })),
      },
    ];
  });

/** Somebody who can revoke, with what they can end. */
export interface Revoker {
  readonly who: string;
  readonly can: readonly string[];
  /** Policy by which they can; absent where no policy decides. */
  readonly policy?: string;
}

/** Lists who can end an agent's tasks and rights. */
export function revokersOf(agent: Agent, { deployment, policies, publishers }: Deployed): readonly Revoker[] {
  const { recertification, escalation = {}, operators } = deployment;
  const rules = RULE_IDS.flatMap((id) => {
    const response = escalation[id] ?? "alarm";
    return response === "alarm" ? [] : [{ who: `rule ${id}: ${RULES[id].says}`, can: [response] }];
  });
  return [
    { who: "whoever holds the task token", can: ["end that task"] },
    ...policies.filter(({ policy }) => isEnforcedPermit(policy)).flatMap(byPolicy),
    ...(operators.length === 0
      ? []
      : [
          {
            who: `first operators of valetkey.json: ${operators.map(({ issuer, subject }) => `${issuer}|${subject}`).join(", ")}`,
            can: ["what a policy permits principal.firstOperator"],
          },
        ]),
    ...(recertification === null
      ? []
      : [
          {
            who: `the owner, ${agent.owner}, by silence`,
            can: [`an agent that is not confirmed within ${recertification.everyDays} days is suspended`],
          },
        ]),
    ...(agent.endsAt === undefined
      ? []
      : [{ who: "the end of the registration", can: [new Date(agent.endsAt * 1_000).toISOString()] }]),
    ...publishers.map((publisher) => ({
      who: `publisher on the bus: ${publisher}`,
      can: BUS_ENDINGS,
    })),
    ...rules,
  ];
}

function byPolicy(rule: ReadPolicy): readonly Revoker[] {
  const named = isOfOperations(rule) ? namedActions(rule.json) : undefined;
  const can = ENDING_PERMISSIONS.filter((name) =>
    named?.some((each) => each === name || PERMISSIONS[name].some((group) => group === each)),
  );
  if (can.length === 0) return [];
  return [{ who: whoOf(rule), can: can.map((name) => name.slice("valetkey:".length)), policy: rule.policy.id }];
}

/** Writes the head and the conditions of a rule, without its actions. */
const whoOf = (rule: ReadPolicy): string =>
  partsOf(rule)
    .filter(({ kind }) => kind !== "action")
    .map(({ text }) => text)
    .join(" && ");

/** An agent's tasks for people: their issuers, and the people's permits that share actions with the agent's. */
export interface OnBehalfOf {
  readonly issuers: readonly string[];
  readonly policies: readonly { readonly policy: string; readonly people: string }[];
  readonly in_words: string;
}

export function onBehalfOf(permits: readonly ReachRule[], { deployment, policies, catalogue }: Deployed): OnBehalfOf {
  const issuers = deployment.issuers
    .filter(({ kind, onBehalf }) => kind === "people" && onBehalf)
    .map(({ name }) => name);
  const ofPeople = policies
    .filter(({ policy }) => isEnforcedPermit(policy))
    .filter((rule) => mayBeOfPeople(rule) && !isOfOperations(rule))
    .filter((rule) => permits.some((own) => mayShareActions(own.rule.json, rule.json, catalogue)));
  return {
    issuers,
    policies: ofPeople.map((rule) => ({ policy: rule.policy.id, people: whoOf(rule) })),
    in_words:
      issuers.length === 0
        ? "No issuer of people has onBehalf: the agent acts for itself alone."
        : `A task for a person is granted what both may, by the person's own token of at most ${timeInWords(ON_BEHALF_SECONDS.token)}, and ends ${timeInWords(ON_BEHALF_SECONDS.task)} after that token was issued. The reach is the agent's: a person narrows it and never widens it.`,
  };
}

function mayBeOfPeople({ json: { principal } }: ReadPolicy): boolean {
  if (principal.op === "All") return true;
  if (principal.op === "is") return principal.entity_type === "User";
  return "entity" in principal && "type" in principal.entity && ["User", "Group"].includes(principal.entity.type);
}
