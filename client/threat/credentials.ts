import { FENCE_SECONDS, TOKEN_LIMITS, TREE_LIMITS } from "../../contract/limits.ts";
import { AWS_THREAT } from "../../functions/connectors/aws/threat.ts";
import { DEFINITIONS } from "../../functions/connectors/connectors.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import type { Agent } from "../../functions/core/identity/agent.ts";
import type { Issuer } from "../../functions/core/identity/issuer.ts";
import { OBLIGATIONS } from "../../functions/core/policy/obligations.ts";
import { EVERY } from "../../functions/policy/reach/group-members.ts";
import type { ReachPermit } from "../../functions/policy/reach/reach-of.ts";
import { COVERS, type Cover, type Topic } from "./controls.ts";
import { timeInWords } from "./time-in-words.ts";

/** Credential of an agent's task, with the powers of its thief. */
export interface Credential extends Cover {
  readonly credential: string;
  readonly thief: string;
  /**
   * Longest time for which the credential works, unless it is revoked; seconds. `null` where valetkey does not bound
   * it.
   */
  readonly seconds: number | null;
  readonly single_use: boolean;
  readonly taken_back: string;
}

/** Lists the credentials that can be stolen from an agent, bounded by its own limits. */
export function credentialsOf(
  agent: Agent,
  permits: readonly ReachPermit[],
  { issuers }: Deployment,
): readonly Credential[] {
  const seconds = longestTask(agent, permits);
  const bound = issuers.filter(({ name }) => agent.bindings.some(({ issuer }) => issuer === name));
  return [
    ...bound.map((issuer) => oidcToken(issuer, seconds)),
    row("task_token", {
      credential: "task token",
      thief: `Renews and ends one task, and gets its credentials, presentation tokens (${TOKEN_LIMITS.presentations} at a time) and delegation tokens (${TREE_LIMITS.pending} unused at a time). Starts no other task, and gets nothing that the task was not granted.`,
      seconds,
      single_use: false,
      taken_back: "It ends with the task; the holder, an operator or a rule of escalation ends the task.",
    }),
    row("delegation_token", {
      credential: "delegation token",
      thief:
        "Opens one task below the agent's, within its grants: for the sub-agent that it names alone, whose own OIDC token it takes beside it.",
      seconds,
      single_use: true,
      taken_back: "It ends with the task that issued it.",
    }),
    ...(mayAsk(permits, "tool:Call")
      ? [
          row("presentation_token", {
            credential: "presentation token",
            thief:
              "Calls the granted tools of one server as this task. Opens nothing at valetkey or AWS, and nothing at another server.",
            seconds,
            single_use: false,
            taken_back: "It ends with the task, and the server learns that at its next introspection.",
          }),
        ]
      : []),
    ...(permits.some(({ on }) => on === EVERY || on.startsWith("AWS::"))
      ? [
          row("aws_session", {
            credential: AWS_THREAT.credential,
            thief: AWS_THREAT.thief,
            seconds: Math.min(FENCE_SECONDS, seconds),
            single_use: false,
            taken_back: `${AWS_THREAT.revoked} ${AWS_THREAT.outlives}`,
          }),
        ]
      : []),
    ...DEFINITIONS.filter(({ actions }) => Object.keys(actions).some((name) => mayAsk(permits, name))).map(
      ({ threat }) =>
        row(threat.endsWithTask ? "connectors" : "secrets", {
          credential: threat.credential,
          thief: threat.thief,
          seconds: threat.longest === "task" ? seconds : threat.longest,
          single_use: false,
          taken_back: `${threat.revoked} ${threat.outlives}`,
        }),
    ),
  ];
}

const row = (topic: Topic, parts: Omit<Credential, keyof Cover>): Credential => ({ ...parts, ...COVERS[topic] });

/** Longest life of a task; seconds. A permit's `@maxTtl` bounds it where every permit has one. */
function longestTask({ limits }: Agent, permits: readonly ReachPermit[]): number {
  const each = permits.map(({ needs }) => OBLIGATIONS.maxTtlSeconds.keep(needs, limits.taskSeconds));
  return each.length === 0 ? limits.taskSeconds : Math.max(...each);
}

function oidcToken({ name, replay, maxLifetimeSeconds }: Issuer, taskSeconds: number): Credential {
  const uses = replay.mode === "single_use" ? "once" : `${replay.cap} times at most`;
  return row("oidc_token", {
    credential: `OIDC token of ${name}`,
    thief: `Starts a task as this agent within its policies, ${uses}, before the token expires. A task that was started lives for ${timeInWords(taskSeconds)} at most.`,
    seconds: maxLifetimeSeconds,
    single_use: replay.mode === "single_use",
    taken_back: "Nothing takes a token back but its issuer's keys; suspending the agent makes it open nothing.",
  });
}

/** True where an entry of the reach may cover the action. */
const mayAsk = (permits: readonly ReachPermit[], action: string): boolean =>
  permits.some(({ actions }) => actions.some((name) => name === EVERY || name === action || isGroupOf(name, action)));

const isGroupOf = (group: string, action: string): boolean =>
  DEFINITIONS.some(({ actions }) =>
    Object.entries(actions).some(([name, { groups }]) => name === action && groups.includes(group)),
  );
