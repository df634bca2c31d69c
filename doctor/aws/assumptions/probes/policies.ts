import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { allowed, becomesAllowed, by, type Keys, mayList, sessionOf } from "../session.ts";
import { policyOf, type Workshop } from "../workshop.ts";

/** Tries whether a Deny whose resource is written with `\u` escapes holds for the characters that the escapes mean. */
export async function escapesAreRead(workshop: Workshop): Promise<Seen> {
  const bucket = await workshop.bucket(["plain", "caf\u00e9"]);
  const objects = `arn:${workshop.partition}:s3:::${bucket}`;
  const { arn } = await workshop.role(policyOf({ Effect: "Allow", Action: "s3:GetObject", Resource: `${objects}/*` }));
  const text = policyOf(
    { Effect: "Allow", Action: "s3:GetObject", Resource: `${objects}/*` },
    { Effect: "Deny", Action: "s3:GetObject", Resource: `${objects}/caf\u00e9` },
  );
  const policy = text.replaceAll("\u00e9", "\\u00e9");
  const free = await sessionOf(workshop, arn);
  const held = await sessionOf(workshop, arn, { policy });
  const reads = (keys: Keys, Key: string) =>
    allowed(() =>
      new S3Client({ ...by(workshop, keys), forcePathStyle: true }).send(new GetObjectCommand({ Bucket: bucket, Key })),
    );
  if (!(await becomesAllowed(workshop, () => reads(free, "caf\u00e9"))))
    return notKnown("the role itself may not read what is tried");
  if (!(await becomesAllowed(workshop, () => reads(held, "plain")))) return notKnown("the session may read nothing");
  return (await reads(held, "caf\u00e9"))
    ? failsToHold("the object was read in spite of the Deny")
    : holds("the Deny held for the object");
}

/** Life of the fence that is watched, and the tolerated difference; milliseconds. */
const FENCE_MS = 6_000;
const TOLERATED_MS = 1_500;
const LONGEST_MS = 30_000;
const PAUSE_MS = 150;

/** Tries when a session policy's time condition ends a session, and how soon a written Deny is acted upon. */
export async function timesAgree(workshop: Workshop): Promise<Seen> {
  const statement = { Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" } as const;
  const { name, arn } = await workshop.role(policyOf(statement));
  const warm = await sessionOf(workshop, arn);
  if (!(await becomesAllowed(workshop, () => mayList(workshop, warm))))
    return notKnown("the role itself may not do what is tried");
  const fenceAt = Math.ceil((Date.now() + FENCE_MS) / 1_000) * 1_000;
  const Condition = { DateLessThan: { "aws:CurrentTime": new Date(fenceAt).toISOString().replace(".000Z", "Z") } };
  const fenced = await sessionOf(workshop, arn, { policy: policyOf({ ...statement, Condition }) });
  if (!(await mayList(workshop, fenced))) return notKnown("the session was denied before its fence");
  const endedMs = await untilDenied(() => mayList(workshop, fenced));
  await workshop.put(name, policyOf(statement, { ...statement, Effect: "Deny" }));
  const wroteMs = Date.now();
  const deniedMs = await untilDenied(() => mayList(workshop, warm));
  if (endedMs === undefined) return failsToHold(`a session was not denied ${LONGEST_MS / 1_000} s after its fence`);
  const away = endedMs - fenceAt;
  const delay = deniedMs === undefined ? `not within ${LONGEST_MS / 1_000} s` : `after ${deniedMs - wroteMs} ms`;
  const found = `by this machine's clock a session ended ${Math.abs(away)} ms ${away < 0 ? "before" : "after"} its fence; a written Deny was acted upon ${delay}`;
  return Math.abs(away) <= TOLERATED_MS
    ? holds(found)
    : failsToHold(`${found}: check this machine's clock (NTP) first`);
}

async function untilDenied(isAllowed: () => Promise<boolean>): Promise<number | undefined> {
  for (const untilMs = Date.now() + LONGEST_MS; Date.now() < untilMs; await sleep(PAUSE_MS))
    if (!(await isAllowed())) return Date.now();
  return undefined;
}
