import * as v from "valibot";
import { maybe, said, whole } from "../../functions/connectors/schema-fields.ts";
import { accountText, region } from "./account-schema.ts";

const anchor = v.strictObject({
  bucket: said(
    v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{2,62}$/, "the name of a bucket, without dots")),
    "Name of a bucket in another account. cdk synth writes that account's stack, valetkey-anchor, which makes it.",
  ),
  account: said(accountText, "Account of the bucket, which nobody who administers the hub's account administers."),
  region: maybe(region, "Region of the bucket; the hub's unless given."),
});

const role = v.pipe(
  v.string(),
  v.regex(
    /^arn:aws[\w-]*:iam::\d{12}:role\/(?!valetkey-)[\w+=,.@/-]{1,512}$/,
    "the ARN of a role, which is none of valetkey's own",
  ),
);

/** Moment in UTC, to the second. */
export const instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, "an instant such as 2026-11-27T13:00:00Z"),
);

const table = v.strictObject({
  copiedAt: said(
    instant,
    "Moment of the table that the copy holds: --restore-date-time of a point-in-time restore, or the time of the backup. An auditor sees by it what the copy has to have.",
  ),
  name: said(
    v.pipe(v.string(), v.regex(/^valetkey-[a-z0-9-]{1,60}$/, "valetkey- and up to 60 of a-z, 0-9 and -")),
    "Name of the restored table, in the hub's account and Region.",
  ),
  stream: said(
    v.pipe(v.string(), v.regex(/^arn:[\w-]+:dynamodb:\S+:table\/\S+\/stream\/\S+$/, "the ARN of the table's stream")),
    "ARN of its stream.",
  ),
});

/** Sections about stored data: the archive of the journal, and a table that was restored. */
export const ARCHIVE_SECTIONS = {
  archive: maybe(
    v.strictObject({
      mode: maybe(
        v.picklist(["governance", "compliance"]),
        "Object Lock. governance (the default): a person with s3:BypassGovernanceRetention can remove what is locked. compliance: nobody can, not even the account's root, until the days are over.",
      ),
      days: maybe(whole(1, 36_500), "Days for which an object cannot be removed; 30 unless given."),
      anchor: maybe(
        anchor,
        "Witness of the log's checkpoints. Without it, an administrator of the hub's account could fork the log.",
      ),
      auditors: maybe(
        v.pipe(v.array(role), v.minLength(1), v.maxLength(10)),
        "ARNs of the roles that may read the proofs of votes, in the hub's account. Without them nobody may.",
      ),
      proofDays: maybe(
        whole(90, 36_500),
        "Days for which the archive keeps the token of a vote, which can be erased at any time; 400 unless given.",
      ),
    }),
    "Archive of the journal: a signed log in a bucket. See docs/audit.md.",
  ),
  administrators: maybe(
    v.pipe(v.array(role), v.minLength(1), v.maxLength(10)),
    "ARNs of the roles of the hub's account that may use its table, queues, generated secrets and archive beside valetkey's functions: for restoring, redriving and erasing. See docs/deploying.md.",
  ),
  restoredAt: maybe(
    instant,
    "Moment at which the table was restored from a copy. Nothing from before it is believed, and the hub is halted until an operator lifts the panic. See docs/deploying.md.",
  ),
  table: maybe(
    table,
    "Restored table that takes the place of the one that the stack made. It needs restoredAt. See docs/deploying.md.",
  ),
};

interface StorageConfig {
  readonly hub: { readonly account: string; readonly region: string };
  readonly archive?:
    | {
        readonly anchor?: v.InferOutput<typeof anchor> | undefined;
        readonly auditors?: readonly string[] | undefined;
      }
    | undefined;
  readonly administrators?: readonly string[] | undefined;
  readonly restoredAt?: string | undefined;
  readonly table?: v.InferOutput<typeof table> | undefined;
}

/** Lists faults of the sections, also those that depend on the hub's account. */
export function archiveFaults({
  hub,
  archive,
  administrators,
  restoredAt,
  table: restored,
}: StorageConfig): readonly string[] {
  const stream = restored && new RegExp(`^arn:[\\w-]+:dynamodb:${hub.region}:${hub.account}:table/${restored.name}/`);
  return [
    ...(archive?.anchor?.account === hub.account
      ? ["archive.anchor: it is in the hub's account, whose administrator must not reach it; take another account"]
      : []),
    ...(archive?.auditors ?? [])
      .filter((each) => each.split(":")[4] !== hub.account)
      .map((each) => `archive.auditors: ${each} is not in the hub's account, whose key it would use`),
    ...(administrators ?? [])
      .filter((each) => each.split(":")[4] !== hub.account)
      .map((each) => `administrators: ${each} is not in the hub's account, whose resources it would use`),
    ...(restoredAt !== undefined && Number.isNaN(Date.parse(restoredAt))
      ? [`restoredAt: ${restoredAt} is no moment of a calendar`]
      : []),
    ...(restored && restoredAt === undefined
      ? ["table: a restored table needs restoredAt, or what was ended and used since its copy would live again"]
      : []),
    ...(restored && restoredAt !== undefined && !(Date.parse(restored.copiedAt) <= Date.parse(restoredAt))
      ? [`table.copiedAt: ${restored.copiedAt} is not before restoredAt, at which the copy was made to count`]
      : []),
    ...(restored && !stream?.test(restored.stream)
      ? [`table.stream: it is not a stream of ${restored.name} in the hub's account and Region`]
      : []),
  ];
}
