import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TaskChanges } from "../../../../../client/operate/tasks/task-changes.ts";
import { planOf, type UndoPlan } from "../../../../../client/operate/tasks/undo/plan.ts";
import { shellTextOf } from "../../../../../client/operate/tasks/undo/shell-text.ts";
import { HOSTILE_KEYS } from "./hostile-keys.ts";
import { aChange, aFound, BEGAN } from "./task-changes-fixture.ts";

/** Keys that make another line where somebody writes them as they are. */
const HIDDEN = ["x\ntouch owned", "x\r\ntouch owned\n", "x\u2028touch owned", "x\u0085touch owned", "\u001b[2Jx"];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "valetkey-undo-"));
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "work"));
  const recorder = `#!/bin/sh\nfor word; do printf '%s\\0' "$word"; done >> '${folder}/argv'\nprintf '\\n' >> '${folder}/argv'\n`;
  writeFileSync(join(folder, "bin", "aws"), recorder);
  chmodSync(join(folder, "bin", "aws"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a text by sh, and returns the words of each call of `aws`. */
function ran(text: string): readonly (readonly string[])[] {
  const env = { PATH: `${join(folder, "bin")}:${process.env.PATH}`, HOME: folder };
  execFileSync("sh", { input: text, cwd: join(folder, "work"), env, stdio: ["pipe", "pipe", "pipe"] });
  if (!existsSync(join(folder, "argv"))) return [];
  return readFileSync(join(folder, "argv"), "utf8")
    .split("\0\n")
    .slice(0, -1)
    .map((line) => line.split("\0"));
}

const wordsOf = (plan: UndoPlan) => plan.objects.flatMap(({ commands }) => commands.map((words) => words.slice(1)));

/** Plans a copy for each key. */
const planFor = (keys: readonly string[], { changes = [], ...over }: Partial<TaskChanges> = {}) =>
  planOf(
    aFound([...keys.map((key) => aChange(key, ["w1"])), ...changes], over),
    async () => [
      { id: "w1", at: BEGAN + 10, isMarker: false, bytes: 1, storage: "STANDARD", etag: '"e-1"' },
      { id: "old", at: BEGAN - 500, isMarker: false, bytes: 1, storage: "STANDARD", etag: '"e-1"' },
    ],
    (BEGAN + 60) * 1_000,
  );

describe("the text of a plan, run by sh", () => {
  it.each(HOSTILE_KEYS)("has the key %j as one word, and nothing in it is obeyed", async (key) => {
    const plan = await planFor([key]);
    expect(ran(shellTextOf(plan).toString())).toEqual([
      [
        "s3api",
        "copy-object",
        "--bucket=acme-data",
        `--key=${key}`,
        `--copy-source=acme-data/${key}?versionId=old`,
        '--if-match="e-1"',
      ],
    ]);
    expect(readdirSync(join(folder, "work"))).toEqual([]);
  });

  it("is the plan's commands, in their order", async () => {
    const plan = await planFor(HOSTILE_KEYS);
    expect(ran(shellTextOf(plan).toString())).toEqual(wordsOf(plan));
    expect(wordsOf(plan)).toHaveLength(HOSTILE_KEYS.length);
  });

  it.each(HIDDEN)("has no command for the key %j, and no line that it begins", async (key) => {
    const text = shellTextOf(await planFor([key])).toString();
    expect(ran(text)).toEqual([]);
    expect(readdirSync(join(folder, "work"))).toEqual([]);
    for (const line of text.split("\n")) expect(line).toMatch(/^(# .*)?$/);
    expect(text).toMatch(/^# 'acme-data' 'x?\\u\{(A|D|2028|85|1B)\}/m);
  });

  it("has no command for a key that a CI runner would obey: --json has it", async () => {
    const plan = await planFor(["x ##[debug] ::add-mask::y"]);
    const text = shellTextOf(plan).toString();
    expect(ran(text)).toEqual([]);
    expect(text).toContain("cannot be written here; see --json");
    expect(wordsOf(plan)).toHaveLength(1);
  });

  const hostileEverywhere = (text: string) =>
    planFor(["a"], {
      ...{ task: text, agent: text, settled: false, settled_at: text, tasks_not_read: [text] },
      not_visible: [{ what: text, why: text }],
      changes: [
        aChange("b", ["w1"], { tasks: [text] }),
        aChange("", [], { action: text, resource: text }),
        aChange(text, []),
      ],
    });

  it.each([...HOSTILE_KEYS, ...HIDDEN])("obeys no text of the hub in its comments: %j", async (hostile) => {
    const text = shellTextOf(await hostileEverywhere(hostile)).toString();
    expect(ran(text)).toHaveLength(2);
    expect(readdirSync(join(folder, "work"))).toEqual([]);
  });

  it.each([...HOSTILE_KEYS, ...HIDDEN])(
    "obeys none of %j where a shell takes comments for commands",
    async (hostile) => {
      const text = shellTextOf(await hostileEverywhere(hostile)).toString();
      // As zsh does at a terminal: the line is a command, here one that does nothing.
      ran(text.replaceAll(/^#/gm, ":"));
      expect(readdirSync(join(folder, "work"))).toEqual([]);
    },
  );
});

describe("the text of a plan", () => {
  it("lists steps, objects without one, other changes, what is not visible, and last what to check", async () => {
    const plan = await planFor(["a"], {
      changes: [aChange("b", []), aChange("", [], { action: "sqs:SendMessage", resource: "arn:aws:sqs:x" })],
      not_visible: [{ what: "dynamodb:PutItem on t", why: "no trail selects such events" }],
    });
    expect(shellTextOf(plan).toString()).toMatchInlineSnapshot(`
      "# Way back of task 'k7f3m2q9x4ab.' of agent 'reports' as of '2025-11-25T09:31:00.000Z'
      # Nothing was run. Read the last lines first.

      # Objects of S3
      # 'acme-data' 'a' '1 call' by 'k7f3m2q9x4ab.'
      #    'copy back the version of 2025-11-25T09:21:40.000Z'
      aws s3api copy-object --bucket='acme-data' --key='a' --copy-source='acme-data/a?versionId=old' --if-match='"e-1"'

      # Objects without a command
      # 'acme-data' 'b'
      #    'the ledger names no version that the task made: it is unknown which is the task'\\''s'

      # Other changes, and what AWS keeps
      # 'sqs:SendMessage' on 'arn:aws:sqs:x'
      #    'nothing: a sent or deleted message is not taken back'

      # Not visible
      # 'dynamodb:PutItem on t' 'no trail selects such events'

      # Check first
      # The plan is of now: make it again right before you run it. S3 refuses a copy or a deletion where the content has changed since
      # Each object is one that you want back as it was: read the version before with aws s3api get-object --version-id
      # A copy brings content, metadata and tags back, and neither ACL, storage class, encryption nor lock
      # Whatever reads these buckets may take each step for a new change
      # A copy and a deletion add to the versions of an object. A removed delete marker is gone: a deletion makes another
      "
    `);
  });

  it.each([
    [{}, /\n# The plan is of now: make it again right before you run it\./],
    [{ settled: false }, /\n# Calls are reported until '2025-11-25T\S+Z' and this list may be incomplete before\n/],
    [{ tasks_not_read: ["t_1", "t_2"] }, /\n# Not read are the ledgers of 't_1 t_2'\n/],
  ])("ends with what to check first: %j", async (over, says) => {
    expect(shellTextOf(await planFor(["a"], over)).toString()).toMatch(says);
  });

  it("demands the end of a live task first", async () => {
    const { settled_at: _, ended_at: __, ...alive } = await planFor(["a"], { settled: false });
    expect(shellTextOf(alive).toString()).toContain("\n# The task is alive: end it first\n");
  });

  it("says where there is nothing to run", async () => {
    expect(shellTextOf(await planFor([])).toString()).toMatch(/\n# Check first\n# There is nothing to run\n$/);
  });
});
