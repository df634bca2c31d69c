import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change, TaskChanges } from "../../client/operate/tasks/task-changes.ts";
import { planOf, type UndoPlan } from "../../client/operate/tasks/undo/plan.ts";
import { type Entry, VersionedBucket } from "./versioned-bucket.ts";

const BEGAN = 1_764_000_000;
const BUCKET = "acme-data";
const KEYS = ["a", "a/b", "o'q; rm -rf ~ #"];
/** Difference between the clocks of the hub and of S3; seconds. */
const APART = 5;

/** Event that the ledger has of a call: whole, without the id of the version, or none. */
type Reported = "whole" | "without id" | "none";

interface Step {
  readonly pass: number;
  readonly by: "task" | "other";
  readonly act: "put" | "delete" | "remove" | "versioning";
  readonly key: number;
  readonly reported: Reported;
}

const step = fc.record<Step>({
  pass: fc.constantFrom(0, 0, 1, 2, 60),
  by: fc.constantFrom("task", "other"),
  act: fc.oneof(
    { weight: 8, arbitrary: fc.constant("put" as const) },
    { weight: 4, arbitrary: fc.constant("delete" as const) },
    { weight: 1, arbitrary: fc.constant("remove" as const) },
    { weight: 1, arbitrary: fc.constant("versioning" as const) },
  ),
  key: fc.nat({ max: KEYS.length - 1 }),
  reported: fc.oneof(
    { weight: 8, arbitrary: fc.constant("whole" as const) },
    { weight: 1, arbitrary: fc.constant("without id" as const) },
    { weight: 1, arbitrary: fc.constant("none" as const) },
  ),
});

const history = fc.record({
  before: fc.array(step, { maxLength: 8 }),
  during: fc.array(step, { maxLength: 12 }),
  after: fc.array(step, { maxLength: 2 }),
  isSettled: fc.boolean(),
  skew: fc.integer({ min: -APART, max: APART }),
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

/** Somebody removes what the task wrote and no ledger names, and removes nothing more: the object is as it was. */
const UNDONE_TWICE: History = {
  before: [{ pass: 0, by: "other", act: "put", key: 0, reported: "whole" }],
  during: [
    { pass: 60, by: "task", act: "put", key: 0, reported: "none" },
    { pass: 60, by: "other", act: "remove", key: 0, reported: "whole" },
    { pass: 60, by: "other", act: "remove", key: 0, reported: "whole" },
    { pass: 60, by: "task", act: "put", key: 0, reported: "whole" },
  ],
  ...{ after: [], isSettled: true, skew: 0 },
};

/** History of one object, as nobody but the world knows it. */
interface Truth {
  /** Content before the task's first act on it; absent where the task did nothing. */
  original?: { readonly content: string | undefined };
  /** True where the task, or somebody since its first act, removed a version for good, or somebody else wrote. */
  isTouchedByOthers: boolean;
  isRemovedFrom: boolean;
  isUnreported: boolean;
  /** True where others wrote in the second of the task's first act. */
  isAmbiguous: boolean;
  isUnversioned: boolean;
}

/** Plays a history, and returns the world with what the ledgers know of it. */
function played({ before, during, after, isSettled, skew }: History) {
  const bucket = new VersionedBucket();
  const changes = new Map<string, Change>();
  const truths = KEYS.map(
    (): Truth => ({
      ...{ isTouchedByOthers: false, isRemovedFrom: false, isUnreported: false },
      ...{ isAmbiguous: false, isUnversioned: false },
    }),
  );
  const named = new Set<string>();
  let [at, writes] = [BEGAN, 0];
  const act = ({ pass, act: kind, key: index, reported }: Step, by: Step["by"]): void => {
    at += pass;
    const [key, truth] = [KEYS[index] ?? "", truths[index]];
    if (!truth) return;
    if (kind === "versioning") {
      if (by === "other") bucket.isVersioning = !bucket.isVersioning;
      return;
    }
    const [top] = bucket.list(key);
    // Who removes a version without an id that the task put in another's place leaves no trace of either, and so does
    // who removes what lies below the task's versions.
    const isTraceless = top?.by === "task" ? top.id === "null" : truth.original !== undefined;
    if (kind === "remove" && (!top || (by === "other" && isTraceless))) return;
    if (by === "task" && truth.original === undefined) {
      truth.original = { content: bucket.get(key) };
      truth.isAmbiguous = top !== undefined && top.at >= at;
    }
    if (!bucket.isVersioning) truth.isUnversioned = true;
    // Who removes what no ledger names takes the task's change back, and leaves no trace.
    const isTraced = kind !== "remove" || top?.by !== "task" || named.has(top.id);
    if (by === "other" && truth.original !== undefined && isTraced) truth.isTouchedByOthers = true;
    if (kind === "remove") {
      truth.isRemovedFrom = true;
      if (top) bucket.remove(key, top.id);
    }
    writes += 1;
    const id =
      kind === "put"
        ? bucket.put(key, `${by} ${writes}`, at, by)
        : kind === "delete"
          ? bucket.delete(key, at, by)
          : "null";
    if (by !== "task") return;
    // Once all calls are reported, none is missing.
    const known = isSettled && reported === "none" ? "without id" : reported;
    if (known !== "whole") truth.isUnreported = true;
    if (known === "whole" && id !== "null") named.add(id);
    if (known === "none") return;
    const action = { put: "s3:PutObject", delete: "s3:DeleteObject", remove: "s3:DeleteObjectVersion" }[kind];
    const resource = `arn:aws:s3:::${BUCKET}/${key}`;
    const earlier = changes.get(`${action} ${resource}`);
    changes.set(`${action} ${resource}`, {
      ...{ action, resource, effect: "change", last: at, tasks: ["t"] },
      calls: (earlier?.calls ?? 0) + 1,
      first: earlier?.first ?? at,
      versions: [...(earlier?.versions ?? []), ...(known === "whole" && id !== "null" ? [id] : [])],
    });
  };
  for (const each of before) act(each, "other");
  const opened = at + skew;
  for (const each of during) act(each, each.by);
  for (const each of after) act(each, "other");
  const found: TaskChanges = {
    ...{ task: "t", agent: "reports", opened_at: new Date(opened * 1_000).toISOString(), settled: isSettled },
    may_remove_versions: during.some(({ by, act: kind }) => by === "task" && kind === "remove"),
    ...{ tasks_read: ["t"], tasks_not_read: [], not_visible: [], changes: [...changes.values()] },
  };
  return { bucket, truths, found };
}

/** Lists an object's versions up to the first that is not the task's, as the plan asks for them. */
const readerOf = (bucket: VersionedBucket) => async (_: string, key: string, own: ReadonlySet<string>) => {
  const entries = bucket.list(key);
  const theirs = entries.findIndex(({ id }) => !own.has(id));
  return (theirs === -1 ? entries : entries.slice(0, theirs + 1)).map(({ id, content, at }) => ({
    ...{
      id,
      at,
      isMarker: content === undefined,
      bytes: content?.length ?? 0,
      storage: "STANDARD",
      etag: etagOf(content),
    },
  }));
};

const etagOf = (content: string | undefined): string => (content === undefined ? "" : `"${content}"`);

/** Runs the command lines of a plan. */
function run(plan: UndoPlan, bucket: VersionedBucket): void {
  for (const [aws, s3api, verb, ...options] of plan.objects.flatMap(({ commands }) => commands)) {
    expect([aws, s3api]).toEqual(["aws", "s3api"]);
    const given = new Map(options.map((option) => [option.split("=", 1)[0], option.slice(option.indexOf("=") + 1)]));
    expect(given.get("--bucket")).toBe(BUCKET);
    const [key, version] = [given.get("--key") ?? "", given.get("--version-id")];
    const condition =
      bucket.get(key) === undefined ? ["--if-none-match", "*"] : ["--if-match", etagOf(bucket.get(key))];
    if (version === undefined) expect([...given.entries()]).toContainEqual(condition);
    if (verb === "copy-object") {
      const [, from, id] = /^acme-data\/(.*)\?versionId=(.*)$/s.exec(given.get("--copy-source") ?? "") ?? [];
      expect(from).toBe(key);
      const content = bucket.get(key, id);
      expect(content).toBeDefined();
      bucket.put(key, content ?? "", BEGAN * 2, "plan");
    } else {
      expect(verb).toBe("delete-object");
      if (version === undefined) bucket.delete(key, BEGAN * 2, "plan");
      else bucket.remove(key, version);
    }
  }
}

const dataOf = (entries: readonly Entry[]): readonly Entry[] => entries.filter(({ content }) => content !== undefined);

describe("the way back of what a task wrote", () => {
  it("is byte for byte what was there before, or no command: never over the change of another", async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(history, async (each) => {
        const { bucket, truths, found } = played(each);
        const plan = await planOf(found, readerOf(bucket), BEGAN * 1_000);
        const before = KEYS.map((key) => bucket.list(key));
        const isVersioning = bucket.isVersioning;
        bucket.isVersioning = true;
        run(plan, bucket);
        KEYS.forEach((key, index) => {
          const [truth, planned] = [truths[index], plan.objects.find((object) => object.key === key)];
          const label = planned?.way_back ?? "no call";
          seen.set(label, (seen.get(label) ?? 0) + 1);
          const isChanged = (planned?.commands.length ?? 0) > 0;
          if (!isChanged) expect(bucket.list(key)).toEqual(before[index]);
          else {
            expect(truth?.isTouchedByOthers).toBe(false);
            expect(bucket.get(key)).toBe(truth?.original?.content);
          }
          // No content is ever removed.
          expect(bucket.list(key)).toEqual(expect.arrayContaining(dataOf(before[index] ?? []) as Entry[]));
          if (planned?.way_back === "nothing") expect(truth?.original?.content).toBeUndefined();
          const isClear =
            truth !== undefined &&
            ![truth.isTouchedByOthers, truth.isRemovedFrom, truth.isUnreported, truth.isAmbiguous].includes(true) &&
            !truth.isUnversioned &&
            isVersioning &&
            each.isSettled;
          if (isClear && planned) expect(planned.way_back).not.toBe("none");
        });
      }),
      { numRuns: 5_000, examples: [[UNDONE_TWICE]] },
    );
    for (const label of ["copy", "remove_markers", "delete", "nothing", "none", "no call"])
      expect(seen.get(label) ?? 0, label).toBeGreaterThan(30);
  });
});
