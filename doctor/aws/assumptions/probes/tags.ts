import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { allowed, becomesAllowed, by, mayList, sessionOf } from "../session.ts";
import { policyOf, type Statement, type Workshop } from "../workshop.ts";

/** Tells whether a role's tag `Held` is seen at its sessions under a key; the role without the condition is seen to be allowed first. */
async function isSeenAs(workshop: Workshop, key: string): Promise<boolean | undefined> {
  const statement = { Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" } as const;
  const free = await workshop.role(policyOf(statement), { Held: "right" });
  const freeKeys = await sessionOf(workshop, free.arn);
  if (!(await becomesAllowed(workshop, () => mayList(workshop, freeKeys)))) return undefined;
  const held = await workshop.role(
    policyOf({ ...statement, Condition: { StringEquals: { [`aws:PrincipalTag/${key}`]: "right" } } }),
    { Held: "right" },
  );
  const keys = await sessionOf(workshop, held.arn);
  return becomesAllowed(workshop, () => mayList(workshop, keys));
}

const UNSEEN = notKnown("the role itself may not do what is tried");

/** Tries whether aws:PrincipalTag tells a role's own tags to its sessions. */
export async function ownTagsAreTold(workshop: Workshop): Promise<Seen> {
  const seen = await isSeenAs(workshop, "Held");
  if (seen === undefined) return UNSEEN;
  return seen
    ? holds("a session was seen with its role's tag")
    : failsToHold("a session was not seen with its role's tag");
}

/** Tries whether the name of a tag has no case in a condition. */
export async function tagNamesHaveNoCase(workshop: Workshop): Promise<Seen> {
  const seen = await isSeenAs(workshop, "hELD");
  if (seen === undefined) return UNSEEN;
  return seen ? holds("the tag Held was seen as hELD") : failsToHold("the tag Held was not seen as hELD");
}

/** Tries whether IAM has the paths of the resource's organisation at sts:AssumeRole: a role may become another one only where it has. */
export async function organisationIsTold(workshop: Workshop): Promise<Seen> {
  const target = await workshop.role(policyOf({ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" }));
  const becomes = async (conditions: Pick<Statement, "Condition">) => {
    const { arn } = await workshop.role(
      policyOf({ Effect: "Allow", Action: "sts:AssumeRole", Resource: target.arn, ...conditions }),
    );
    const client = new STSClient(by(workshop, await sessionOf(workshop, arn)));
    const become = new AssumeRoleCommand({ RoleArn: target.arn, RoleSessionName: "assumption", DurationSeconds: 900 });
    return becomesAllowed(workshop, () => allowed(() => client.send(become)));
  };
  if (!(await becomes({}))) return UNSEEN;
  return (await becomes({ Condition: { Null: { "aws:ResourceOrgPaths": "false" } } }))
    ? holds("a role could become another one on condition that the paths are told")
    : notKnown("no paths were told: either the account is in no organisation, or AWS does not tell them");
}
