import { beforeEach, describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import type { UseRow } from "../../functions/core/ledger/ledger.ts";
import { rightsCounted } from "../../functions/core/ledger/rights-count.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { type CountRightsPorts, countRights } from "../../functions/observe/count-rights.ts";
import { FakeHeard } from "../fakes/observed/heard.ts";
import { FakeLedger } from "../fakes/observed/ledger.ts";
import { FakeRightsCounts } from "../fakes/observed/rights-counts.ts";
import { FakePolicyWrites } from "../fakes/revocation/policy-writes.ts";
import { spelled } from "../fakes/samples/spelled.ts";
import { aTask } from "../fakes/samples/task.ts";

const ACCOUNT = accountId("111122223333");
const ROLE = { account: ACCOUNT, role: "valetkey-task-0" };
/** Hour that is over since an hour at `NOW`. */
const HOUR = Date.UTC(2027, 0, 1, 9) / 1_000;
const NOW = HOUR + 7_200;

let now: number;
let tasks: Map<string, Task>;
let ports: Omit<CountRightsPorts, "tasks" | "ledger" | "heard" | "policyWrites" | "rightsCounts"> & {
  readonly tasks: { read: CountRightsPorts["tasks"]["read"] };
  readonly ledger: FakeLedger;
  readonly heard: FakeHeard;
  readonly policyWrites: FakePolicyWrites;
  readonly rightsCounts: FakeRightsCounts;
};

beforeEach(() => {
  now = NOW;
  tasks = new Map();
  ports = {
    tasks: { read: async (path) => tasks.get(path) },
    ledger: new FakeLedger(),
    heard: new FakeHeard(() => now * 1_000),
    policyWrites: new FakePolicyWrites(),
    rightsCounts: new FakeRightsCounts(),
    deployment: {
      accounts: [{ id: ACCOUNT, region: regionNamed("eu-central-1"), taskRoles: 2, dataEvents: ["s3"] }],
    },
    clock: { nowMs: () => now * 1_000 },
  };
  ports.heard.at.set(ACCOUNT, NOW - 60);
});

/** Task that ended at a moment; its role's journal has the ending a second later. */
function ended(at: number, actions: readonly string[], role = ROLE): Task["path"] {
  const { task } = aTask({
    details: [{ type: "aws", account: ACCOUNT, actions: spelled(...actions), resources: ["arn:aws:s3:::acme/*"] }],
    status: "completed",
    endedAt: at,
  });
  tasks.set(task.path, task);
  const atMs = (at + 1) * 1_000;
  ports.policyWrites.note(role, { snapshotAtMs: atMs, writtenAtMs: atMs, form: "list", endings: [task.path] });
  return task.path;
}

const used = (path: Task["path"], action: string, more: Partial<UseRow> = {}) =>
  ports.ledger.add(
    path,
    [`${path} ${action}`],
    [
      {
        ...{ action, resource: "arn:aws:s3:::acme/a", isMapped: true, used: 1, denied: 0, first: HOUR, last: HOUR },
        ...{ region: "" as const, sourceIp: "", ...more },
      },
    ],
    1,
  );

/** Runs, and returns the counts by hour. */
async function counted() {
  await countRights(ports);
  return Object.fromEntries(
    ports.rightsCounts.events.map(({ of, facts: { hour: _, ...facts } }) => [of.slice(11, 13), facts]),
  );
}

const NONE = { tasks: 0, granted: 0, unused: 0, not_seen: 0 };

describe("the rights that an hour's ended tasks left unused", () => {
  it("are the granted pairs that no call used or tried", async () => {
    const one = ended(HOUR, ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]);
    await used(one, "s3:GetObject");
    await used(one, "s3:DeleteObject", { used: 0, denied: 1 });
    ended(HOUR + 3_599, ["s3:GetObject"]);
    expect((await counted())["09"]).toEqual({ tasks: 2, granted: 4, unused: 2, not_seen: 0 });
  });

  it("are not those of a task of another hour, of a live one, or of one that is gone", async () => {
    ended(HOUR - 1, ["s3:GetObject"]);
    ended(HOUR + 3_600, ["s3:GetObject"]);
    const live = ended(HOUR + 1, ["s3:GetObject"]);
    const { endedAt: _, ...alive } = tasks.get(live) ?? expect.fail();
    tasks.set(live, { ...alive, status: "active" });
    tasks.delete(ended(HOUR + 2, ["s3:GetObject"]));
    expect((await counted())["09"]).toEqual(NONE);
  });

  it("are counted once for a task whose endings are in two writes, and in two roles", async () => {
    const path = ended(HOUR, ["s3:GetObject"]);
    for (const role of ["valetkey-task-0", "valetkey-task-1"])
      ports.policyWrites.note(
        { account: ACCOUNT, role },
        { snapshotAtMs: HOUR * 1_000 + 2_000, writtenAtMs: HOUR * 1_000 + 2_000, form: "list", endings: [path] },
      );
    expect((await counted())["09"]).toMatchObject({ tasks: 1, granted: 1 });
  });

  it("are found in every write of a busy role", async () => {
    for (let n = 0; n < 450; n += 1) ended(HOUR + n, ["s3:GetObject"]);
    expect((await counted())["09"]).toMatchObject({ tasks: 450, unused: 450 });
  });

  it.each<[string, () => void]>([
    ["whose account no call was heard of for a day", () => ports.heard.at.set(ACCOUNT, NOW - 86_400)],
    ["whose account was never heard of", () => ports.heard.at.clear()],
    [
      "whose data events no trail selects",
      () => {
        const accounts = [{ id: ACCOUNT, region: regionNamed("eu-central-1"), taskRoles: 1 }];
        ports = { ...ports, deployment: { accounts } };
      },
    ],
  ])("are not those %s: of these nothing is known", async (_, change) => {
    ended(HOUR, ["s3:GetObject", "s3:PutObject"]);
    change();
    expect((await counted())["09"]).toEqual({ tasks: 1, granted: 2, unused: 0, not_seen: 2 });
  });

  it("are not those of a task with a call that AWS allowed and no grant names", async () => {
    await used(ended(HOUR, ["s3:GetObject"]), "s3:GetBucketAcl");
    expect((await counted())["09"]).toEqual({ tasks: 1, granted: 1, unused: 0, not_seen: 1 });
  });

  it("are counted no sooner than an hour after the hour's end: CloudTrail is late", async () => {
    ended(HOUR, ["s3:GetObject"]);
    now = NOW - 1;
    expect(await counted()).not.toHaveProperty("09");
    now = NOW;
    expect((await counted())["09"]).toMatchObject({ tasks: 1 });
  });

  it("are counted once, whatever is learned later, and however often the rule fires", async () => {
    ended(HOUR, ["s3:GetObject"]);
    const first = await counted();
    ended(HOUR + 1, ["s3:GetObject"]);
    // A further run reads no task again.
    ports.tasks.read = () => Promise.reject(new Error("read twice"));
    expect(await counted()).toEqual(first);
    expect(Object.keys(first)).toHaveLength(6);
  });

  it("are counted for the hours of failed runs, too", async () => {
    ended(HOUR, ["s3:GetObject"]);
    now = NOW + 3 * 3_600;
    expect(Object.keys(await counted()).sort()).toEqual(["07", "08", "09", "10", "11", "12"]);
  });

  it("are left to another run that was faster", async () => {
    const { isCounted } = ports.rightsCounts;
    ports.rightsCounts.isCounted = async () => false;
    await ports.rightsCounts.append(rightsCounted(HOUR, { tasks: 0, granted: 0, unused: 0, notSeen: 0 }, NOW * 1_000));
    await countRights(ports);
    ports.rightsCounts.isCounted = isCounted;
    expect(ports.rightsCounts.events).toHaveLength(6);
  });

  it("are not counted where the ledger cannot be read: the next run counts them", async () => {
    ended(HOUR, ["s3:GetObject"]);
    const list = ports.ledger.list.bind(ports.ledger);
    ports.ledger.list = () => Promise.reject(new Error("unavailable"));
    await expect(countRights(ports)).rejects.toThrow("unavailable");
    expect(ports.rightsCounts.events).toEqual([]);
    ports.ledger.list = list;
    expect((await counted())["09"]).toMatchObject({ tasks: 1 });
  });

  it("are counted as far as there is time, and fewer tasks are named then", async () => {
    for (let n = 0; n < 50; n += 1) ended(HOUR + n, ["s3:GetObject"]);
    const { read } = ports.tasks;
    ports = {
      ...ports,
      tasks: {
        read: (path) => {
          now += 1;
          return read(path);
        },
      },
    };
    const { tasks: many } = (await counted())["09"] as unknown as { readonly tasks: number };
    expect(many).toBeGreaterThan(0);
    expect(many).toBeLessThan(50);
  });
});
