import type { ParsedArn } from "../../../functions/core/catalogue/arn.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import type { PoliciesThen, StateThen } from "../state-at.ts";
import type { VerifiedArchive } from "../verify-archive.ts";

/** Everything that an answer was made of. */
interface AnsweredFrom {
  readonly archive: VerifiedArchive;
  readonly state: StateThen;
  readonly policies: PoliciesThen;
  readonly deployment: Deployment;
  readonly atMs: number;
  readonly arn: ParsedArn;
}

/** Lists in sentences what the log and the policies do not say about the moment. */
export function unknownsOf({ archive, state, policies, deployment, atMs, arn }: AnsweredFrom): readonly string[] {
  const { events, verdict, faults, restored, cuts } = archive;
  const newest = events.reduce((latest, { at }) => Math.max(latest, at), 0);
  const partly = state.agents.filter(({ isWhole }) => !isWhole).map(({ id }) => id);
  const ownerless = state.agents.filter(({ isWhole, owner }) => isWhole && owner === undefined).map(({ id }) => id);
  const paused = events.filter(({ at, facts }) => at <= atMs && typeof facts.paused_for === "string");
  const production = deployment.accounts.filter((account) => account.production).map(({ id }) => id);
  return [
    UPPER_BOUND,
    NAMES_ONLY,
    ...policiesUnknown(policies),
    ...(verdict === "intact"
      ? []
      : [`The log is ${verdict}: ${faults.length} faults, of which the first is ${faults[0]?.what ?? "known"}.`]),
    ...(newest < atMs ? [`The log ends at ${new Date(newest).toISOString()}, before the moment.`] : []),
    ...(partly.length === 0
      ? []
      : [
          `The registration of ${partly.join(", ")} is not in the log: a field that it does not have counts as any value.`,
        ]),
    ...(ownerless.length === 0
      ? []
      : [`The owner of ${ownerless.join(", ")} is no person, and the log has no name of it: it counts as any owner.`]),
    ...(paused.length === 0
      ? []
      : ["Agents were paused for single parties (escalation.detected with paused_for): that is not counted."]),
    ...(deployment.threatModels === undefined || production.length === 0
      ? []
      : [
          `The accounts ${production.join(", ")} are production: nothing is issued there without an accepted threat model, and its acceptance is not compared here (threat_model.accepted in the log).`,
        ]),
    ...(deployment.organization === undefined
      ? []
      : ["Accounts that joined by the organization are not in valetkey.json, and not counted."]),
    ...(arn.account === ""
      ? ["The ARN names no account: each target account of a permit counts as the resource's."]
      : []),
    ...(restored.length === 0 ? [] : [`The table was restored at ${restored.join(", ")}: the log has both branches.`]),
    ...cuts.map(({ journal }) => `The journal ${journal} was cut by a restore.`),
  ];
}

const UPPER_BOUND =
  "Could is an upper bound: conditions on the request count as true (claims of its token, time, purpose, address, tags, the person for whom it acts), and limits are not counted.";

const NAMES_ONLY =
  "Secrets, logins and tools are granted by name and not by ARN: what is read through a connector is not in this answer.";

/** Says where the log leaves open which policies were deployed. */
function policiesUnknown({ before, after }: PoliciesThen): readonly string[] {
  if (!before)
    return after
      ? [`No event up to the moment names its policies. The answer is by those of ${after.event}, at ${after.at}.`]
      : [];
  if (!after) return [`No event after the moment names its policies: those of ${before.at} may have been replaced.`];
  if (before.hash === after.hash) return [];
  return [
    `Other policies (${after.hash}) were deployed between ${before.at} and ${after.at}, and the log does not say when. The answer is by the earlier ones.`,
  ];
}
