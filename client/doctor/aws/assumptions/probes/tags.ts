import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { allowed, becomesAllowed, by, type Keys, mayList, sessionOf } from "../session.ts";
import { makeRole, policyOf, type Statement } from "../things/role.ts";
import type { Workshop } from "../workshop.ts";

const MAY_LIST = { Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" } as const;

/** Makes a session of a role with the tag `Held`, which may list buckets under a condition. */
async function heldUnder(workshop: Workshop, Condition: NonNullable<Statement["Condition"]>): Promise<Keys> {
  const role = await makeRole(workshop, policyOf({ ...MAY_LIST, Condition }), { tags: { Held: "right" } });
  return sessionOf(workshop, role);
}

/**
 * Tries whether IAM sees a role's tag `Held` at the role's sessions under a key. A role without the condition must be
 * allowed, and one with another value denied.
 */
async function isSeenAs(workshop: Workshop, key: string, texts: { readonly yes: string; readonly no: string }) {
  const free = await sessionOf(workshop, await makeRole(workshop, policyOf(MAY_LIST)));
  if (!(await becomesAllowed(workshop, () => mayList(workshop, free)))) return UNSEEN;
  const keys = await heldUnder(workshop, { StringEquals: { [`aws:PrincipalTag/${key}`]: "right" } });
  if (!(await becomesAllowed(workshop, () => mayList(workshop, keys)))) return failsToHold(texts.no);
  const wrong = await heldUnder(workshop, { StringEquals: { [`aws:PrincipalTag/${key}`]: "wrong" } });
  return (await mayList(workshop, wrong)) ? UNHEEDED : holds(texts.yes);
}

const UNHEEDED = notKnown("a condition that is not met allows as well: the endpoint ignores conditions");
const UNSEEN = notKnown("the role itself may not do what is tried");

/** Tries whether a role's own tags are in aws:PrincipalTag for the role's sessions. */
export const ownTagsAreVisible = (workshop: Workshop): Promise<Seen> =>
  isSeenAs(workshop, "Held", {
    yes: "a session was seen with its role's tag",
    no: "a session was not seen with its role's tag",
  });

/** Tries whether the name of a tag has no case in a condition. */
export const tagNamesHaveNoCase = (workshop: Workshop): Promise<Seen> =>
  isSeenAs(workshop, "hELD", { yes: "the tag Held was seen as hELD", no: "the tag Held was not seen as hELD" });

/**
 * Tries whether IAM knows aws:ResourceOrgPaths at sts:AssumeRole: a role may become another one only on that condition.
 */
export async function organisationIsVisible(workshop: Workshop): Promise<Seen> {
  const target = await makeRole(workshop, policyOf(MAY_LIST), { isForSiblings: true });
  const becomes = async (conditions: Pick<Statement, "Condition">) => {
    const role = await makeRole(
      workshop,
      policyOf({ Effect: "Allow", Action: "sts:AssumeRole", Resource: target.arn, ...conditions }),
    );
    const client = new STSClient(by(workshop, await sessionOf(workshop, role)));
    const become = new AssumeRoleCommand({ RoleArn: target.arn, RoleSessionName: "assumption", DurationSeconds: 900 });
    return becomesAllowed(workshop, () => allowed(workshop, () => client.send(become)));
  };
  if (!(await becomes({}))) return UNSEEN;
  if (await becomes({ Condition: { Null: { "aws:ResourceOrgPaths": "false" } } }))
    return (await becomes({ Condition: { Null: { "aws:ResourceOrgPaths": "true" } } }))
      ? UNHEEDED
      : holds(
          "a role could become another one on condition that the paths are there, and not on condition that they are missing",
        );
  const member = await makeRole(
    workshop,
    policyOf({ ...MAY_LIST, Condition: { Null: { "aws:PrincipalOrgPaths": "false" } } }),
  );
  const keys = await sessionOf(workshop, member);
  return (await becomesAllowed(workshop, () => mayList(workshop, keys)))
    ? failsToHold("IAM knows the organisation of the caller, and not that of the role to become")
    : notKnown("IAM knew no paths: the account seems to be in no organisation");
}
