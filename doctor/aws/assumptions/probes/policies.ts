import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { allowed, becomesAllowed, becomesDenied, by, type Keys, mayList, sessionOf } from "../session.ts";
import { makeBucket } from "../things/bucket.ts";
import { makeRole, policyOf, putPolicy } from "../things/role.ts";
import type { Workshop } from "../workshop.ts";

/** Tries whether a Deny whose resource is written with `\u` escapes holds for the characters that the escapes mean. */
export async function escapesAreRead(workshop: Workshop): Promise<Seen> {
  const bucket = await makeBucket(workshop, [{ key: "plain" }, { key: "caf\u00e9" }]);
  const objects = `arn:${workshop.partition}:s3:::${bucket}`;
  const role = await makeRole(
    workshop,
    policyOf({ Effect: "Allow", Action: "s3:GetObject", Resource: `${objects}/*` }),
  );
  const text = policyOf(
    { Effect: "Allow", Action: "s3:GetObject", Resource: `${objects}/*` },
    { Effect: "Deny", Action: "s3:GetObject", Resource: `${objects}/caf\u00e9` },
  );
  const policy = text.replaceAll("\u00e9", "\\u00e9");
  const free = await sessionOf(workshop, role);
  const held = await sessionOf(workshop, role, { policy });
  const reads = (keys: Keys, Key: string) =>
    allowed(workshop, () =>
      new S3Client({ ...by(workshop, keys), forcePathStyle: true }).send(new GetObjectCommand({ Bucket: bucket, Key })),
    );
  if (!(await becomesAllowed(workshop, () => reads(free, "caf\u00e9"))))
    return notKnown("the role itself may not read what is tried");
  if (!(await becomesAllowed(workshop, () => reads(held, "plain")))) return notKnown("the session may read nothing");
  return (await reads(held, "caf\u00e9"))
    ? failsToHold("the object was read in spite of the Deny")
    : holds("the Deny held for the object");
}

/** Tolerated difference from the fence, and time between two looks at it; milliseconds. */
const [TOLERATED_MS, LOOK_MS] = [1_500, 150];

/** Tries when a session policy's time condition ends a session, and how soon a written Deny is acted upon. */
export async function timesAgree(workshop: Workshop): Promise<Seen> {
  const statement = { Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" } as const;
  const role = await makeRole(workshop, policyOf(statement));
  const warm = await sessionOf(workshop, role);
  if (!(await becomesAllowed(workshop, () => mayList(workshop, warm))))
    return notKnown("the role itself may not do what is tried");
  const fenceAt = Math.ceil((Date.now() + workshop.waits.fenceMs) / 1_000) * 1_000;
  const Condition = { DateLessThan: { "aws:CurrentTime": new Date(fenceAt).toISOString().replace(".000Z", "Z") } };
  const fenced = await sessionOf(workshop, role, { policy: policyOf({ ...statement, Condition }) });
  if (!(await mayList(workshop, fenced))) return notKnown("the session was denied before its fence");
  const endedMs = await becomesDenied(workshop, () => mayList(workshop, fenced), LOOK_MS);
  const longestSeconds = workshop.waits.longestMs / 1_000;
  if (endedMs === undefined) return failsToHold(`a session was not denied ${longestSeconds} s after its fence`);
  await putPolicy(workshop, role.name, policyOf(statement, { ...statement, Effect: "Deny" }));
  const wroteMs = Date.now();
  const deniedMs = await becomesDenied(workshop, () => mayList(workshop, warm), LOOK_MS);
  if (deniedMs === undefined) return failsToHold(`a written Deny was not acted upon within ${longestSeconds} s`);
  const away = endedMs - fenceAt;
  const found = `by this machine's clock a session ended ${Math.abs(away)} ms ${away < 0 ? "before" : "after"} its fence; a written Deny was acted upon after ${deniedMs - wroteMs} ms`;
  return Math.abs(away) <= TOLERATED_MS
    ? holds(found)
    : failsToHold(`${found}: check this machine's clock (NTP) first`);
}
