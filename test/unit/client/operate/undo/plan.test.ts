import { describe, expect, it, test } from "vitest";
import type { TaskChanges } from "../../../../../client/operate/tasks/task-changes.ts";
import { planOf } from "../../../../../client/operate/tasks/undo/plan.ts";
import type { ObjectVersion } from "../../../../../client/operate/tasks/undo/way-back.ts";
import { aChange, aFound, at, BEGAN, TASK } from "./task-changes-fixture.ts";

/** Moment of the plan: two hours after the task. */
const NOW_MS = (BEGAN + 7_200) * 1_000;

/** Makes a version, some seconds after the task's beginning. */
const version = (id: string, seconds: number, over: Partial<ObjectVersion> = {}): ObjectVersion => ({
  ...{ id, at: BEGAN + seconds, isMarker: false, bytes: 10, storage: "STANDARD", etag: `"e-${id}"` },
  ...over,
});
const marker = (id: string, seconds: number) =>
  version(id, seconds, { isMarker: true, bytes: 0, storage: "", etag: "" });

/** Plans the way back of one object with these entries, the newest first. */
async function planned(found: TaskChanges, entries: readonly ObjectVersion[], nowMs = NOW_MS) {
  const read = async (_bucket: string, _key: string, own: ReadonlySet<string>) => {
    const theirs = entries.findIndex(({ id }) => !own.has(id));
    return theirs === -1 ? entries : entries.slice(0, theirs + 1);
  };
  const { objects } = await planOf(found, read, nowMs);
  expect(objects).toHaveLength(1);
  const [object] = objects;
  if (!object) throw new Error("no object");
  return object;
}

const AT = ["--bucket=acme-data", "--key=a"];
/** Copies a version over the current one, by default where that is still `w1`. */
const copied = (id: string, condition = '--if-match="e-w1"') => [
  ["aws", "s3api", "copy-object", ...AT, `--copy-source=acme-data/a?versionId=${id}`, condition],
];
const DELETED = [["aws", "s3api", "delete-object", ...AT, '--if-match="e-w1"']];
const OLD = version("old", -500);

describe("the way back of an object", () => {
  test.each([
    ["that the task wrote over is a copy of the version before", [version("w1", 10), OLD], ["w1"], copied("old")],
    [
      "that the task wrote twice is the version before its first write",
      [version("w2", 20), version("w1", 10), OLD],
      ["w1", "w2"],
      copied("old", '--if-match="e-w2"'),
    ],
    ["that the task created is a delete marker", [version("w1", 10)], ["w1"], DELETED],
    [
      "that the task created where another had been deleted is a delete marker",
      [version("w1", 10), marker("gone", -400), OLD],
      ["w1"],
      DELETED,
    ],
    [
      "that the task deleted is its delete markers' removal, the newest first",
      [marker("d2", 20), marker("d1", 10), OLD],
      ["d1", "d2"],
      ["d2", "d1"].map((id) => ["aws", "s3api", "delete-object", ...AT, `--version-id=${id}`]),
    ],
    [
      "that the task wrote and then deleted is a copy: no version of the task is removed",
      [marker("d1", 20), version("w1", 10), OLD],
      ["w1", "d1"],
      copied("old", "--if-none-match=*"),
    ],
    [
      "that the task deleted and then wrote is a copy",
      [version("w1", 20), marker("d1", 10), OLD],
      ["w1", "d1"],
      copied("old"),
    ],
    ["that the task created and deleted is nothing", [marker("d1", 20), version("w1", 10)], ["w1", "d1"], []],
    ["from before versioning is a copy of it", [version("w1", 10), version("null", -500)], ["w1"], copied("null")],
  ])("%s", async (_, entries, own, commands) => {
    const object = await planned(aFound([aChange("a", own)]), entries);
    expect([object.commands, object.way_back]).toEqual([commands, expect.not.stringMatching(/^none$/)]);
  });

  test.each<readonly [string, readonly ObjectVersion[], readonly string[], RegExp]>([
    [
      "the current version is another's, written after the task's",
      [version("x1", 90), version("w1", 10), OLD],
      ["w1"],
      new RegExp(
        `^the current version is not the task's: somebody changed the object since, at ${at(90)} as version x1`,
      ),
    ],
    ["somebody deleted it since", [marker("x1", 90), version("w1", 10), OLD], ["w1"], /^the current version is not/],
    [
      "another wrote between two writes of the task",
      [version("w2", 20), version("x1", 15), version("w1", 10), OLD],
      ["w1", "w2"],
      /^a version that the task made is gone, or lies below another's/,
    ],
    [
      "the task's last version is gone",
      [version("w1", 10), OLD],
      ["w1", "w2"],
      /^a version that the task made is gone/,
    ],
    [
      "the task's first version has expired",
      [version("w2", 20), OLD],
      ["w1", "w2"],
      /^a version that the task made is gone/,
    ],
    [
      "the version before is of the second of the task's first write",
      [version("w1", 10), version("x1", 10)],
      ["w1"],
      /^the version before is not surely older/,
    ],
    [
      "the version before has no readable time",
      [version("w1", 10), version("x1", Number.POSITIVE_INFINITY)],
      ["w1"],
      /^the version before is not surely older/,
    ],
    ["the ledger names no version", [version("w1", 10), OLD], [], /^the ledger names no version/],
    ["versioning is off", [version("null", 10)], ["w1"], /^the current version has no id/],
    ["nothing is left of it", [], ["w1"], /^no version is there any more/],
    [
      "the version before is too large for one copy",
      [version("w1", 10), version("old", -500, { bytes: 5 * 1024 ** 3 + 1 })],
      ["w1"],
      /^the version before has more than 5 GiB/,
    ],
    ...["GLACIER", "DEEP_ARCHIVE"].map(
      (storage) =>
        [
          `the version before is in ${storage}`,
          [version("w1", 10), version("old", -500, { storage })],
          ["w1"],
          /^the version before is archived/,
        ] as const,
    ),
  ])("is no command where %s", async (_, entries, own, says) => {
    const object = await planned(aFound([aChange("a", own, { calls: 2 })]), entries);
    expect(object).toMatchObject({ way_back: "none", commands: [], says: expect.stringMatching(says) });
  });

  it("says how many versions of how many calls are known where the current one is not", async () => {
    const { says } = await planned(aFound([aChange("a", ["w1"], { calls: 3 })]), [version("w2", 20), OLD]);
    expect(says).toMatch(/; the ledger names 1 versions of 3 calls$/);
  });

  it("of two tasks that wrote in turn is no command for either", async () => {
    const entries = [version("a2", 30), version("b1", 20), version("a1", 10), OLD];
    for (const own of [["a1", "a2"], ["b1"]])
      expect((await planned(aFound([aChange("a", own)]), entries)).commands).toEqual([]);
  });

  it("of a task and its sub-agent that wrote in turn is the version before the first of both", async () => {
    const child = `${TASK}c1x9.`;
    const found = aFound([
      aChange("a", ["w1", "w3"]),
      aChange("a", ["w2"], { action: "s3:DeleteObject", tasks: [child], first: BEGAN + 12 }),
    ]);
    const object = await planned(found, [version("w3", 20), marker("w2", 12), version("w1", 10), OLD]);
    expect(object).toMatchObject({
      commands: copied("old", '--if-match="e-w3"'),
      calls: 3,
      tasks: [TASK, child],
      first: BEGAN + 10,
    });
  });

  it("is no command where the task removed a version for good, and S3 is not asked", async () => {
    const found = aFound([aChange("a", ["w1"]), aChange("a", [], { action: "s3:DeleteObjectVersion", calls: 1 })]);
    let reads = 0;
    const read = async () => {
      reads += 1;
      return [version("w1", 10), OLD];
    };
    const { objects } = await planOf(found, read, NOW_MS);
    expect([objects, reads]).toEqual([
      [expect.objectContaining({ commands: [], says: expect.stringContaining("AWS has no way back") })],
      0,
    ]);
  });

  it("waits until all calls are reported where the task may remove versions for good", async () => {
    const entries = [version("w1", 10), OLD];
    const of = async (over: object) => (await planned(aFound([aChange("a", ["w1"])], over), entries)).commands;
    expect(await of({ may_remove_versions: true, settled: false })).toEqual([]);
    expect(await of({ may_remove_versions: true, settled: true })).toEqual(copied("old"));
    expect(await of({ may_remove_versions: false, settled: false })).toEqual(copied("old"));
  });

  it("takes a version of the task's lifetime for the task's own, as long as calls are reported", async () => {
    const entries = [version("w1", 10), version("x1", 5)];
    const of = async (settled: boolean, opened = at(0)) =>
      (await planned(aFound([aChange("a", ["w1"])], { settled, opened_at: opened }), entries)).commands;
    expect(await of(false)).toEqual([]);
    expect(await of(true)).toEqual(copied("x1"));
    // The clock of S3 may differ from the hub's.
    expect(await of(false, at(14))).toEqual([]);
    expect(await of(false, "no time")).toEqual([]);
  });

  test.each([
    ["an object", [version("w1", 10)], DELETED, "delete"],
    ["a delete marker", [marker("d1", 20), version("w1", 10)], [], "nothing"],
  ] as const)(
    "where nothing is older than %s is no command from the day on that a lifecycle may have removed it",
    async (_, entries, commands, kind) => {
      const found = aFound([aChange("a", ["w1", "d1"].slice(0, entries.length))]);
      const of = (seconds: number) => planned(found, entries, (BEGAN + 10 + seconds) * 1_000);
      expect(await of(86_000)).toMatchObject({ way_back: kind, commands });
      const expired = expect.stringContaining("the bucket's lifecycle has removed what was there before");
      expect(await of(86_400)).toMatchObject({ way_back: "none", commands: [], says: expired });
    },
  );

  it("that was written over more than a day ago is still the version before", async () => {
    const later = NOW_MS + 100 * 86_400_000;
    expect((await planned(aFound([aChange("a", ["w1"])]), [version("w1", 10), OLD], later)).commands).toEqual(
      copied("old"),
    );
  });

  test.each([
    "file:///etc/passwd",
    "FILEB://x",
    "http://a.test/x",
    "https://a.test/x",
    "a?versionId=w0",
    "line\nfeed",
    "carriage\rreturn",
    "escape\u001b[2J",
    "reversed\u202etxt",
    "zero\u200bwidth",
    "nul\u0000",
  ])("with the key %j is no command: the aws command, or a reader, would take another object", async (key) => {
    const object = await planned(aFound([aChange(key, ["w1"])]), [version("w1", 10), OLD]);
    expect(object).toMatchObject({ key, way_back: "none", commands: [] });
    expect(object.says).toMatch(/no command is written for it$/);
  });
});

describe("a plan", () => {
  it("has an object that cannot be listed without a command, with the error's name and the right that it takes", async () => {
    const read = async () => {
      throw Object.assign(new Error("secret\n"), { name: "Access\u001bDenied" });
    };
    const { objects } = await planOf(aFound([aChange("a", ["w1"])]), read, NOW_MS);
    expect(objects).toMatchObject([
      {
        ...{ bucket: "acme-data", key: "a", way_back: "none", commands: [] },
        says: "its versions cannot be read, AccessDenied: this takes s3:ListBucketVersions on the bucket, with your own AWS credentials",
      },
    ]);
  });

  it("lists each other change with what AWS keeps, and never a command", async () => {
    const others = [
      aChange("a", [], { action: "s3:PutObjectTagging" }),
      aChange("", [], { action: "s3:PutObject", resource: "arn:aws:s3:::acme-data" }),
      aChange("", [], { action: "s3:PutObject", resource: "arn:aws:s3:::ACME_data;x/y" }),
      aChange("", [], { action: "s3:PutObject", resource: "*" }),
      aChange("", [], { action: "sqs:SendMessage", resource: "arn:aws:sqs:eu-west-1:111122223333:q" }),
    ];
    const { objects, others: listed } = await planOf(aFound(others), async () => [OLD], NOW_MS);
    expect(objects).toEqual([]);
    expect(listed.map(({ action, resource }) => [action, resource])).toEqual(
      others.map(({ action, resource }) => [action, resource]),
    );
    expect(listed.every((each) => each.aws_keeps !== "" && !("commands" in each))).toBe(true);
  });

  it("has its objects in the order of the changes, each once", async () => {
    const keys = ["c", "a", "b"];
    const found = aFound([...keys.map((key) => aChange(key, ["w1"])), aChange("a", ["w2"])]);
    const { objects } = await planOf(found, async () => [], NOW_MS);
    expect(objects.map(({ key }) => key)).toEqual(keys);
  });
});
