/** Version of an object in S3, or delete marker, as a listing shows it. */
export interface ObjectVersion {
  /** `null` where versioning was off. */
  readonly id: string;
  readonly isMarker: boolean;
  /** Epoch seconds, as S3 has them; for an upload in parts, its start. */
  readonly at: number;
  readonly bytes: number;
  /** `STANDARD`; `""` for a delete marker. */
  readonly storage: string;
  /** Entity tag with its quotes; `""` for a delete marker. */
  readonly etag: string;
}

/** Calls of a task and its sub-agents on one object. */
export interface OwnWrites {
  /** Versions and delete markers that the calls have made, as far as the ledgers name them. */
  readonly versions: ReadonlySet<string>;
  /** True where a call removed a version for good. */
  readonly isRemovedForGood: boolean;
  /** True where a call that is still to be reported may have removed one. Such a call leaves no trace in a list. */
  readonly mayBeRemovedForGood: boolean;
  /** Seconds before which a version is surely another's; epoch. */
  readonly since: number;
  /** True where a rule of the bucket's lifecycle may have removed what was there before. */
  readonly mayBeExpired: boolean;
}

/** Reason why there is no command for an object. */
export type NoWayBack =
  | "removed_for_good"
  | "not_reported_yet"
  | "nothing_there"
  | "not_versioned"
  | "no_version_known"
  | "changed_since"
  | "own_version_gone"
  | "may_be_expired"
  | "not_surely_before"
  | "too_large"
  | "archived";

/** Way back to what an object was before a task's first write. */
export type WayBack =
  /** Copy this version over the current one. */
  | { readonly kind: "copy"; readonly version: string }
  /** Remove these delete markers, the newest first. */
  | { readonly kind: "remove_markers"; readonly versions: readonly string[] }
  /** Add a delete marker: no object was there. */
  | { readonly kind: "delete" }
  /** No object was there, and none is. */
  | { readonly kind: "nothing" }
  | { readonly kind: "none"; readonly why: NoWayBack };

/** Way back of an object, with the versions it was decided on. */
export type Decided = WayBack & {
  readonly current?: ObjectVersion | undefined;
  /** Newest version that the task did not make; absent where there is none. */
  readonly before?: ObjectVersion | undefined;
};

/** Largest object that one copy takes. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const MOST_COPIED_BYTES = 5 * 1024 ** 3;

/** Storage classes whose objects have to be restored before they can be read. */
const ARCHIVED: ReadonlySet<string> = new Set(["GLACIER", "DEEP_ARCHIVE"]);

/**
 * Decides the way back of one object. Every doubt is no command. A version is the task's by its id alone, never by its
 * time: somebody else may have written in the same second.
 * @param history versions and markers of the object, the newest first: all of the task's own on top, and the next one.
 */
export function wayBackOf(own: OwnWrites, history: readonly ObjectVersion[]): Decided {
  const [current] = history;
  const theirs = history.findIndex(({ id }) => !own.versions.has(id));
  const made = theirs === -1 ? history : history.slice(0, theirs);
  const before = theirs === -1 ? undefined : history[theirs];
  return { ...kindOf(own, made, current, before), current, before };
}

function kindOf(
  own: OwnWrites,
  made: readonly ObjectVersion[],
  current: ObjectVersion | undefined,
  before: ObjectVersion | undefined,
): WayBack {
  if (own.isRemovedForGood) return none("removed_for_good");
  if (own.mayBeRemovedForGood) return none("not_reported_yet");
  if (!current) return none("nothing_there");
  if (current.id === "null") return none("not_versioned");
  if (made.length === 0) return none(own.versions.size === 0 ? "no_version_known" : "changed_since");
  if (made.length < own.versions.size) return none("own_version_gone");
  // An unreadable time is no earlier one.
  if (before && !(before.at < own.since)) return none("not_surely_before");
  if (!before && own.mayBeExpired) return none("may_be_expired");
  if (!before || before.isMarker) return { kind: current.isMarker ? "nothing" : "delete" };
  if (made.every(({ isMarker }) => isMarker)) return { kind: "remove_markers", versions: made.map(({ id }) => id) };
  if (before.bytes > MOST_COPIED_BYTES) return none("too_large");
  if (ARCHIVED.has(before.storage)) return none("archived");
  return { kind: "copy", version: before.id };
}

const none = (why: NoWayBack): WayBack => ({ kind: "none", why });
