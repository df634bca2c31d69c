import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { becomesAllowed, copyOf, mayList, sessionOf } from "../session.ts";
import { policyOf, type Workshop } from "../workshop.ts";

const LIST = "s3:ListAllMyBuckets";
const ALL = policyOf({ Effect: "Allow", Action: "*", Resource: "*" });

/** Tries whether a copy of a session has its name, source identity and tags: each is asked for by a condition of its own. */
export async function copiesKeepTheirMarks(workshop: Workshop): Promise<Seen> {
  const conditions = {
    "the tags": { StringEquals: { "aws:PrincipalTag/probe": "right" } },
    "the source identity": { StringEquals: { "aws:SourceIdentity": "assumption" } },
    "the name": { StringLike: { "aws:userid": "*:assumption" } },
  };
  const lost: string[] = [];
  for (const [what, Condition] of Object.entries(conditions)) {
    const { arn } = await workshop.role(policyOf({ Effect: "Allow", Action: LIST, Resource: "*", Condition }));
    const session = await sessionOf(workshop, arn, { sourceIdentity: "assumption", tags: { probe: "right" } });
    if (!(await becomesAllowed(workshop, () => mayList(workshop, session))))
      return notKnown(`the session itself is not seen with ${what}`);
    if (!(await mayList(workshop, await copyOf(workshop, session, ALL)))) lost.push(what);
  }
  return lost.length === 0 ? holds("a copy was seen with all three") : failsToHold(`a copy lacks ${lost.join(", ")}`);
}

/** Tries whether a Deny of a session policy holds for a copy whose own policy allows all. */
export async function denyHoldsForCopies(workshop: Workshop): Promise<Seen> {
  const { arn } = await workshop.role(policyOf({ Effect: "Allow", Action: LIST, Resource: "*" }));
  const free = await sessionOf(workshop, arn);
  if (!(await becomesAllowed(workshop, () => mayList(workshop, free))))
    return notKnown("the role itself may not do what is tried");
  if (!(await mayList(workshop, await copyOf(workshop, free, ALL))))
    return notKnown("a copy of a session without a Deny is denied as well");
  const policy = policyOf(
    { Effect: "Allow", Action: "*", Resource: "*" },
    { Effect: "Deny", Action: LIST, Resource: "*" },
  );
  const denied = await sessionOf(workshop, arn, { policy });
  if (await mayList(workshop, denied)) return notKnown("the Deny does not hold for the session itself");
  return (await mayList(workshop, await copyOf(workshop, denied, ALL)))
    ? failsToHold("a copy may do what its session is denied")
    : holds("a copy was denied what its session is denied");
}
