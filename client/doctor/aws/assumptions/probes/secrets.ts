import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { allowed, becomesAllowed, by, type Keys, sessionOf } from "../session.ts";
import { makeRole, policyOf } from "../things/role.ts";
import { makeSecret } from "../things/secret.ts";
import type { Workshop } from "../workshop.ts";

/**
 * Statement by which tasks read a secret with their own session. A test compares it with the statement that the
 * exchange gives them.
 */
export const heldToCurrent = (arn: string) => ({
  Effect: "Allow",
  Action: "secretsmanager:GetSecretValue",
  Resource: [arn],
  Condition: { "ForAnyValue:StringEquals": { "secretsmanager:VersionStage": "AWSCURRENT" } },
});

/** Tries whether the statement by which tasks read a secret gives the current value, and no pending one. */
export async function pendingValuesAreKept(workshop: Workshop): Promise<Seen> {
  const { arn, current, pending } = await makeSecret(workshop);
  const statement = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: arn };
  const reading = (keys: Keys) => (which: { readonly VersionStage?: string; readonly VersionId?: string }) =>
    allowed(workshop, () =>
      new SecretsManagerClient(by(workshop, keys)).send(new GetSecretValueCommand({ SecretId: arn, ...which })),
    );
  const free = reading(await sessionOf(workshop, await makeRole(workshop, policyOf(statement))));
  if (!(await becomesAllowed(workshop, () => free({ VersionId: pending }))))
    return notKnown("the role itself may not read what is tried");
  const reads = reading(await sessionOf(workshop, await makeRole(workshop, policyOf(heldToCurrent(arn)))));
  if (!(await becomesAllowed(workshop, () => reads({ VersionStage: "AWSCURRENT" }))))
    return failsToHold("the value in force could not be read by its stage");
  if (!(await becomesAllowed(workshop, () => reads({}))))
    return failsToHold("the value in force could not be read by whoever names no stage");
  const inReach = {
    "the pending stage": await reads({ VersionStage: "AWSPENDING" }),
    "the pending version": await reads({ VersionId: pending }),
    "a version without its stage": await reads({ VersionId: current }),
  };
  const read = Object.entries(inReach).flatMap(([what, isRead]) => (isRead ? [what] : []));
  return read.length === 0
    ? holds("the value in force was read, with its stage and without, and nothing that was pending")
    : failsToHold(`${read.join(", and ")} could be read`);
}
