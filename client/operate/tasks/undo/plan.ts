import { isVisible } from "../../../../contract/decision/visible-text.ts";
import { defined } from "../../../../functions/core/defined.ts";
import { groupedBy } from "../../../grouped-by.ts";
import { atOnce } from "../../at-once.ts";
import { instantOf } from "../../print/instant-of.ts";
import type { Change, TaskChanges } from "../task-changes.ts";
import { keptOf } from "./kept-by-aws.ts";
import type { ReadVersions } from "./object-versions.ts";
import { type Decided, type NoWayBack, type ObjectVersion, wayBackOf } from "./way-back.ts";

const AT_ONCE = 8;
/** Tolerated difference between the clocks of the hub and of S3; seconds. */
const CLOCK_SECONDS = 10;
/** Time after a write within which no lifecycle removes the version before. https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
const SHORTEST_EXPIRY_SECONDS = 86_400;

/** Version in a plan. */
interface PlannedVersion {
  readonly version_id: string;
  readonly at: string;
  readonly delete_marker: boolean;
}

/** Object that the task wrote, with its way back. */
export interface PlannedObject {
  readonly bucket: string;
  readonly key: string;
  readonly tasks: readonly string[];
  readonly calls: number;
  /** Epoch seconds. */
  readonly first: number;
  /** Epoch seconds. */
  readonly last: number;
  readonly way_back: Decided["kind"];
  readonly says: string;
  readonly current?: PlannedVersion;
  readonly before?: PlannedVersion;
  /** Words of the command lines that take the change back, in order; none where nothing is to be done, or it is uncertain. */
  readonly commands: readonly (readonly string[])[];
}

/** Other change, with what AWS keeps of the resource. */
export interface OtherChange {
  readonly action: string;
  readonly resource: string;
  readonly calls: number;
  readonly first: number;
  readonly last: number;
  readonly tasks: readonly string[];
  readonly aws_keeps: string;
}

/** Way back of everything that a task and its sub-agents changed. Nobody has run any of it. */
export interface UndoPlan extends Omit<TaskChanges, "changes"> {
  readonly made_at: string;
  readonly objects: readonly PlannedObject[];
  readonly others: readonly OtherChange[];
}

/** Actions whose calls make or remove a version of an object. */
const WRITING: ReadonlySet<string> = new Set(["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"]);

/** ARN of an object, in a bucket whose name needs no quotes anywhere. */
const OBJECT = /^arn:[\w-]+:s3:::(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(?<key>.+)$/s;

/** Makes the plan. Reads versions, and changes nothing. */
export async function planOf(found: TaskChanges, read: ReadVersions, nowMs: number): Promise<UndoPlan> {
  const { changes, ...task } = found;
  const written = changes.flatMap((change) => {
    const { bucket, key } = OBJECT.exec(change.resource)?.groups ?? {};
    return WRITING.has(change.action) && bucket && key ? [{ change, bucket, key }] : [];
  });
  const groups = [...groupedBy(written, ({ change }) => change.resource).values()];
  const objects = new Map<string, PlannedObject>();
  await atOnce(AT_ONCE, groups, async (group) => {
    const [{ bucket, key, change } = { bucket: "", key: "", change: undefined }] = group;
    const calls = group.map((each) => each.change);
    if (change) objects.set(change.resource, await planned({ bucket, key, calls }, found, read, nowMs));
  });
  const asObjects = new Set(written.map(({ change }) => change));
  return {
    ...task,
    made_at: new Date(nowMs).toISOString(),
    objects: groups.flatMap(([first]) => (first && objects.get(first.change.resource)) ?? []),
    others: changes
      .filter((change) => !asObjects.has(change))
      .map(({ effect: _, versions: __, ...change }) => ({ ...change, aws_keeps: keptOf(change.action) })),
  };
}

/** Object with the calls that wrote it. */
interface Written {
  readonly bucket: string;
  readonly key: string;
  readonly calls: readonly Change[];
}

async function planned(
  { bucket, key, calls }: Written,
  { opened_at: opened, settled, may_remove_versions: mayRemove }: TaskChanges,
  read: ReadVersions,
  nowMs: number,
): Promise<PlannedObject> {
  const first = Math.min(...calls.map((call) => call.first));
  const versions = new Set(calls.flatMap((call) => call.versions));
  const about = {
    bucket,
    key,
    tasks: [...new Set(calls.flatMap((call) => call.tasks))],
    calls: calls.reduce((sum, call) => sum + call.calls, 0),
    first,
    last: Math.max(...calls.map((call) => call.last)),
  };
  const own = {
    versions,
    isRemovedForGood: calls.some(({ action }) => action === "s3:DeleteObjectVersion"),
    mayBeRemovedForGood: mayRemove && !settled,
    mayBeExpired: !(nowMs / 1_000 - first < SHORTEST_EXPIRY_SECONDS - CLOCK_SECONDS),
    // As long as calls are reported, an unknown version of the task's lifetime may be the task's own.
    since: settled ? first : Math.min(first, Math.floor(Date.parse(opened) / 1_000) - CLOCK_SECONDS),
  };
  let decided: Decided;
  try {
    decided = wayBackOf(own, own.isRemovedForGood ? [] : await read(bucket, key, versions));
  } catch (error) {
    return { ...about, way_back: "none", says: unreadable(error), commands: [] };
  }
  const { current, before } = decided;
  const commands = commandsOf(decided, bucket, key);
  const unwritable = commands.length > 0 ? unwritableIn(key) : undefined;
  return {
    ...about,
    way_back: unwritable === undefined ? decided.kind : "none",
    says: unwritable ?? sentenceOf(decided, own.versions.size, about.calls),
    ...defined({ current: current && shownVersion(current), before: before && shownVersion(before) }),
    commands: unwritable === undefined ? commands : [],
  };
}

const shownVersion = ({ id, at, isMarker }: ObjectVersion): PlannedVersion => ({
  version_id: id,
  at: instantOf(at),
  delete_marker: isMarker,
});

/** Names the error, and never quotes its message, which may hold anything. */
const unreadable = (error: unknown): string => {
  const name = error instanceof Error ? error.name.replace(/[^\w.]/g, "") : "error";
  return `its versions cannot be read, ${name}: this takes s3:ListBucketVersions on the bucket, with your own AWS credentials`;
};

/** Returns why no command line can name a key; undefined where one can. */
function unwritableIn(key: string): string | undefined {
  if (!isVisible(key)) return "its key has characters that nobody can see: no command is written for it";
  // The aws command would read the file, or the address, of that name in place of the key.
  if (/^(?:fileb?|https?):\/\//i.test(key))
    return "its key begins as a file or an address that the aws command would read: no command is written for it";
  // The aws command would take the rest of the key for the version's id.
  if (key.includes("?versionId=")) return "its key holds ?versionId=: no command is written for it";
  return undefined;
}

/**
 * Makes S3 refuse the command where the object has changed since the plan. A delete marker counts as no object.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
 */
const unchanged = (current: ObjectVersion | undefined): string =>
  current?.isMarker === false ? `--if-match=${current.etag}` : "--if-none-match=*";

/** Words of command lines of the aws command, which encodes the source of a copy for its URL by itself. */
function commandsOf(decided: Decided, bucket: string, key: string): readonly (readonly string[])[] {
  const at = [`--bucket=${bucket}`, `--key=${key}`];
  switch (decided.kind) {
    case "copy": {
      const source = `--copy-source=${bucket}/${key}?versionId=${decided.version}`;
      return [["aws", "s3api", "copy-object", ...at, source, unchanged(decided.current)]];
    }
    case "remove_markers":
      return decided.versions.map((id) => ["aws", "s3api", "delete-object", ...at, `--version-id=${id}`]);
    case "delete":
      return [["aws", "s3api", "delete-object", ...at, unchanged(decided.current)]];
    default:
      return [];
  }
}

const NO_COMMAND: Readonly<Record<NoWayBack, string>> = {
  not_reported_yet:
    "the task may remove versions for good, and its calls are still being reported: make the plan again later",
  removed_for_good: "the task removed a version for good: AWS has no way back",
  nothing_there: "no version is there any more",
  not_versioned: "the current version has no id: versioning is off, and what was there before is not kept",
  no_version_known: "the ledger names no version that the task made: it is unknown which is the task's",
  changed_since: "the current version is not the task's: somebody changed the object since",
  own_version_gone: "a version that the task made is gone, or lies below another's: somebody changed the object since",
  may_be_expired:
    "no version is older, and the task wrote more than a day ago: the task created the object, or the bucket's lifecycle has removed what was there before. Where you know that nothing was there, delete the object",
  not_surely_before:
    "the version before is not surely older than the task's first write: it may be another's, of the same second or between two writes, or the task's own that is not reported yet",
  too_large: "the version before has more than 5 GiB: one copy does not take it",
  archived: "the version before is archived: restore it first",
};

function sentenceOf(decided: Decided, versions: number, calls: number): string {
  const { current, before } = decided;
  switch (decided.kind) {
    case "copy":
      return `copy back the version of ${instantOf(before?.at)}`;
    case "remove_markers":
      return `remove the task's delete marker: the version of ${instantOf(before?.at)} is then the current one`;
    case "delete":
      return before
        ? "the object was deleted before the task wrote it: delete it, which adds a delete marker"
        : "no version is older: the task created the object, or somebody removed the older ones for good since. Delete it, which adds a delete marker";
    case "nothing":
      return "no object was there before, and none is now";
    case "none": {
      const at =
        decided.why === "changed_since" && current ? `, at ${instantOf(current.at)} as version ${current.id}` : "";
      const more =
        decided.why === "changed_since" && calls > versions
          ? `; the ledger names ${versions} versions of ${calls} calls`
          : "";
      return `${NO_COMMAND[decided.why]}${at}${more}`;
    }
  }
}
