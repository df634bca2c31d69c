import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { allowed, becomesAllowed, becomesDenied, by, type Keys, mayList, sessionOf } from "../session.ts";
import { makeBucket } from "../things/bucket.ts";
import { type MadeRole, makeRole, policyOf, putPolicy } from "../things/role.ts";
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

/** Time between two looks at a session that is to end; milliseconds. */
const LOOK_MS = 150;

const MAY_LIST = { Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" } as const;

/** Measures when a session policy's time condition ends a session, and how soon IAM applies a written Deny. */
export async function timesAgree(workshop: Workshop): Promise<Seen> {
  const role = await makeRole(workshop, policyOf(MAY_LIST));
  const warm = await sessionOf(workshop, role);
  if (!(await becomesAllowed(workshop, () => mayList(workshop, warm))))
    return notKnown("the role itself may not do what is tried");
  const end = await endAtFence(workshop, role);
  if (end.answer !== "holds") return end;
  await putPolicy(workshop, role.name, policyOf(MAY_LIST, { ...MAY_LIST, Effect: "Deny" }));
  const wroteMs = Date.now();
  const denied = await becomesDenied(workshop, () => mayList(workshop, warm), LOOK_MS);
  return denied === undefined
    ? failsToHold(`a written Deny was not acted upon within ${workshop.waits.longestMs / 1_000} s`)
    : holds(`${end.found}; a written Deny was acted upon after ${denied.beforeMs - wroteMs} ms`);
}

/**
 * Watches a session until its own policy ends it. Where the machine was too slow to see when, watches further sessions, each with a fence that is twice
 * as far away.
 */
async function endAtFence(workshop: Workshop, role: MadeRole): Promise<Seen> {
  const { fenceMs: firstMs, longestMs, toleratedMs } = workshop.waits;
  for (let fenceMs = firstMs; fenceMs <= longestMs; fenceMs *= 2) {
    const fenceAt = Math.ceil((Date.now() + fenceMs) / 1_000) * 1_000;
    const Condition = { DateLessThan: { "aws:CurrentTime": new Date(fenceAt).toISOString().replace(".000Z", "Z") } };
    const keys = await sessionOf(workshop, role, { policy: policyOf({ ...MAY_LIST, Condition }) });
    const ended = await becomesDenied(workshop, () => mayList(workshop, keys), LOOK_MS, fenceAt + longestMs);
    if (ended === undefined) return failsToHold(`a session was not denied ${longestMs / 1_000} s after its fence`);
    const wasAllowed = Number.isFinite(ended.afterMs);
    if (!wasAllowed && ended.beforeMs < fenceAt) return notKnown("the session was denied before its fence");
    const seen = wasAllowed && agreementOf(ended.afterMs - fenceAt, ended.beforeMs - fenceAt, toleratedMs);
    if (seen && seen.answer !== "not_known") return seen;
  }
  return notKnown("this machine, or its way to AWS, is too slow to see when a session ends");
}

/**
 * Judges when a session ended.
 * @param soonestMs the last moment at which the session was allowed; milliseconds after its fence by this machine's clock, negative before it.
 * @param latestMs the first moment at which the session was denied, likewise.
 * @param toleratedMs difference from the fence, either way, that still holds.
 * @returns `not_known` where the two moments are too far apart to decide.
 */
export function agreementOf(soonestMs: number, latestMs: number, toleratedMs: number): Seen {
  const found = `by this machine's clock a session ended between ${soonestMs} and ${latestMs} ms after its fence`;
  if (soonestMs > toleratedMs || latestMs < -toleratedMs)
    return failsToHold(`${found}: check this machine's clock (NTP) first`);
  return soonestMs < -toleratedMs || latestMs > toleratedMs ? notKnown(found) : holds(found);
}
