import { FENCE_SECONDS } from "../../contract/limits.ts";
import type { Agent } from "../../functions/core/identity/agent.ts";
import { EVERY } from "../../functions/policy/reach/group-members.ts";
import type { ReachOfAgent } from "../../functions/policy/reach/reach-of.ts";
import type { Deployed } from "./inputs.ts";
import { timeInWords } from "./time-in-words.ts";

/** Risks of every agent that valetkey does not see or does not remove. */
const ALWAYS = [
  "What a prompt makes the agent want is not seen: it may ask for anything within the reach, at any time.",
  "What the agent does with data that it has read is not seen.",
  `A key that was stolen works until its task ends, and ${timeInWords(FENCE_SECONDS)} at most where nobody ends it. CloudTrail tells of calls minutes later.`,
  "A resource policy that names a session by its ARN lets it do what it was not granted; the ARN holds a random id that nobody knows before.",
  "Whoever administers the hub's account, a target account or a configured issuer can become the agent.",
  "The purpose of a task is the agent's own word.",
];

/** Lists the remaining risks of an agent. */
export function residualsOf(
  { owner, bindings, endsAt }: Agent,
  { permits, reach }: Pick<ReachOfAgent, "permits" | "reach">,
  { deployment, isAnchored }: Deployed,
): readonly string[] {
  const { issuers, recertification, validate } = deployment;
  const groups = Object.keys(reach.groups);
  const repeated = issuers.filter(
    ({ name, replay }) => replay.mode === "window" && bindings.some(({ issuer }) => issuer === name),
  );
  const unasked = permits.filter(({ entries }) => entries.some(({ needs }) => !needs.approval && !needs.consent));
  return [
    ...ALWAYS,
    ...(unasked.length > 0
      ? [`No person is asked before ${unasked.length} of its ${permits.length} permits grants.`]
      : []),
    ...(groups.length > 0
      ? [
          `It is permitted groups of actions (${groups.join(", ")}): what AWS adds to a group comes with the next catalogue, and changes the reach's hash.`,
        ]
      : []),
    ...(reach.permits.some(({ outlives }) => outlives)
      ? ["Some of its reach makes what outlives the task: no revocation takes that back."]
      : []),
    ...(reach.permits.some(({ on, where }) => (on === EVERY || on === "AWS::Resource") && where.length === 0)
      ? ["Some permit of AWS names no resource: its reach is every resource of the target accounts."]
      : []),
    ...repeated.map(
      ({ name }) =>
        `The issuer ${name} hands out a token more than once, so a stolen token may be used beside the agent.`,
    ),
    ...(owner.includes("|") ? [] : ["The owner names no person, so that one vote alone approves nothing of it."]),
    ...(recertification === null && endsAt === undefined
      ? ["Nobody has to confirm the agent, and it has no end."]
      : []),
    ...(validate === "observe"
      ? ["Session policies that cannot be proven are used all the same (validate: observe)."]
      : []),
    ...(isAnchored ? [] : ["The log has no witness: an administrator of the hub's account could fork it."]),
    "Ceilings of accounts and conditions of session policies narrow the reach further, and are not counted.",
  ];
}
