import { describe, expect, it } from "vitest";
import { DynamoHeard } from "../../functions/adapters/dynamodb/observed/dynamo-heard.ts";
import { type AccountId, accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import type { PolicyWrite } from "../../functions/core/revocation/policy-writes.ts";
import { Sweeping } from "../harness/sweeping.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const HOUR = 3_600;
const [ACCOUNT, OTHER] = [accountId("111122223333"), accountId("444455556666")] as const;

/** Sweep over two accounts, in which endings were recorded some hours ago. */
class Silence {
  readonly sweeping = new Sweeping();
  readonly world = this.sweeping.service.world;

  endedAgo(account: AccountId, hours: number, more: Partial<PolicyWrite> = {}, role = "valetkey-task-0"): void {
    const atMs = (this.world.nowSeconds() - hours * HOUR) * 1_000;
    const endings = ["k7f3m2q9x4ab."] as unknown as PolicyWrite["endings"];
    const write = { snapshotAtMs: atMs, writtenAtMs: atMs, form: "list", endings, ...more } as const;
    this.world.ports.policyWrites.note({ account, role }, write);
  }

  heardAgo(account: string, hours: number): void {
    this.world.ports.heard.at.set(account, this.world.nowSeconds() - hours * HOUR);
  }

  async look(): Promise<readonly unknown[]> {
    const { deployment } = this.world.ports;
    const accounts = [ACCOUNT, OTHER].map((id) => ({ id, region: regionNamed("eu-central-1"), taskRoles: 2 }));
    this.world.lines.length = 0;
    await this.sweeping.sweep({ ...this.sweeping.ports, deployment: { ...deployment, accounts } });
    return this.sweeping.lines("account_silent").map(({ account }) => account);
  }
}

describe("an account with tasks of which no call is heard", () => {
  it("is named, and no other", async () => {
    const silence = new Silence();
    for (const account of [ACCOUNT, OTHER]) silence.endedAgo(account, 5);
    silence.heardAgo(ACCOUNT, 25);
    silence.heardAgo(OTHER, 3);
    expect(await silence.look()).toEqual([ACCOUNT]);
    expect(silence.sweeping.lines("account_silent")).toEqual([
      { level: "warn", event: "account_silent", account: ACCOUNT, heard_at: silence.world.nowSeconds() - 25 * HOUR },
    ]);
  });

  it.each<[string, number | undefined, number, boolean]>([
    ["was heard of a day ago, to the second", 24, 5, true],
    ["was heard of within a day", 23.99, 5, false],
    ["was never heard of", undefined, 5, true],
    ["was never heard of, and whose task ended within the hour that CloudTrail may take", undefined, 0.9, false],
    ["was never heard of, and whose last task ended more than a day ago", undefined, 24.1, false],
    ["is recorded as heard of tomorrow, which nobody can know", -24, 5, true],
  ])("is named or not, where it %s", async (_, heardHoursAgo, endedHoursAgo, isNamed) => {
    const silence = new Silence();
    silence.endedAgo(ACCOUNT, endedHoursAgo);
    if (heardHoursAgo !== undefined) silence.heardAgo(ACCOUNT, heardHoursAgo);
    expect(await silence.look()).toEqual(isNamed ? [ACCOUNT] : []);
  });

  it("is not named where no task ended there: an agent was halted, which every role's policy has", async () => {
    const silence = new Silence();
    for (let hour = 2; hour < 22; hour += 1) silence.endedAgo(ACCOUNT, hour, { endings: [] });
    expect(await silence.look()).toEqual([]);
  });

  it("is found by one ending among many other writes, of any role", async () => {
    const silence = new Silence();
    for (let n = 0; n < 60; n += 1) silence.endedAgo(ACCOUNT, 22 - n / 10, { endings: [] }, "valetkey-task-1");
    silence.endedAgo(ACCOUNT, 2, {}, "valetkey-task-1");
    expect(await silence.look()).toEqual([ACCOUNT]);
  });

  it("is looked for twice an hour, and not each minute", async () => {
    const silence = new Silence();
    silence.endedAgo(ACCOUNT, 5);
    const named: number[] = [];
    for (let minute = 0; minute < 61; minute += 1) {
      if ((await silence.look()).length > 0) named.push(minute);
      silence.world.pass(60);
    }
    expect(named).toEqual([0, 30, 60]);
  });

  it("is looked for again in the next minute where the record could not be read, and the sweep does its work", async () => {
    const silence = new Silence();
    silence.endedAgo(ACCOUNT, 5);
    const { heard } = silence.world.ports;
    const all = heard.all.bind(heard);
    heard.all = () => Promise.reject(new Error("out"));
    await expect(silence.look()).rejects.toThrow("out");
    expect(silence.sweeping.lines("swept")).toHaveLength(1);
    heard.all = all;
    expect(await silence.look()).toEqual([ACCOUNT]);
  });
});

describe("observe's record of an account", () => {
  it("is written once an hour by a process, however many calls come in", async () => {
    let [nowMs, writes] = [1_800_000_000_000, 0];
    const update = async () => {
      writes += 1;
      return true;
    };
    const table = { update, query: async () => [] };
    const heard = new DynamoHeard(table, () => nowMs);
    for (let minute = 0; minute < 120; minute += 1) {
      await heard.hear([ACCOUNT, ACCOUNT]);
      nowMs += 60_000;
    }
    expect(writes).toBe(2);
  });
});
