import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { DynamoRefusedUses } from "../../functions/adapters/dynamodb/observed/dynamo-refused-uses.ts";
import { DynamoCoolDowns } from "../../functions/adapters/dynamodb/stops/dynamo-cool-downs.ts";
import { DynamoPauses } from "../../functions/adapters/dynamodb/stops/dynamo-pauses.ts";
import { keys } from "../../functions/adapters/dynamodb/table/dynamo-keys.ts";
import { sdkTable } from "../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import { COOL_DOWN_SECONDS, type CoolDowns } from "../../functions/core/escalation/cool-down.ts";
import type { Pauses } from "../../functions/core/escalation/pause.ts";
import { areTooManyRefusals, REFUSALS, type RefusedUses } from "../../functions/core/escalation/refused-uses.ts";
import type { TokenUse } from "../../functions/core/tasks/tasks.ts";
import { type LocalAccounts, startAccounts } from "../../local/cloud/local-accounts.ts";
import { DYNAMOS } from "../dynamos.ts";
import { FakeCoolDowns, FakePauses, FakeRefusedUses } from "../fakes/revocation/escalation.ts";

describe.each(["memory", ...DYNAMOS] as const)("cool-downs, and what they are counted by, in %s", (where) => {
  let coolDowns: CoolDowns;
  let pauses: Pauses;
  let refused: RefusedUses;
  let markUsed: (use: TokenUse) => Promise<unknown>;
  let accounts: LocalAccounts | undefined;
  let nowMs = Math.floor(Date.now() / 1_000) * 1_000;
  const clock = { nowMs: () => nowMs };
  const nowSeconds = () => nowMs / 1_000;
  const useOf = (id: string, issuer = "robots"): TokenUse => ({ issuer, id, cap: 1, expiresAt: nowSeconds() + 300 });
  beforeAll(async () => {
    if (where === "memory") {
      const used = new Set<string>();
      coolDowns = new FakeCoolDowns(clock.nowMs);
      pauses = new FakePauses();
      refused = new FakeRefusedUses(({ issuer, id }) => used.has(`${issuer} ${id}`), clock.nowMs);
      markUsed = async ({ issuer, id }) => used.add(`${issuer} ${id}`);
    } else {
      accounts = await startAccounts(Date.now, undefined, where);
      accounts.become("tester");
      const table = sdkTable(accounts.scope.tableName);
      coolDowns = new DynamoCoolDowns(table, clock);
      pauses = new DynamoPauses(table);
      refused = new DynamoRefusedUses(table, clock);
      markUsed = ({ issuer, id }) => table.insert(keys.tokenUse(issuer, id), { uses: 1 });
    }
  });
  afterAll(() => accounts?.close());

  it("begin once, end after fifteen minutes, and are not prolonged", async () => {
    const at = nowSeconds();
    expect([await coolDowns.until(agentId("demo")), coolDowns.knownUntil(agentId("demo"))]).toEqual([
      undefined,
      undefined,
    ]);
    await coolDowns.begin({ agent: agentId("demo"), at, by: "escalation:E8:a" });
    await coolDowns.begin({ agent: agentId("demo"), at: at + 600, by: "escalation:E8:b" });
    const until = at + COOL_DOWN_SECONDS;
    expect([await coolDowns.until(agentId("demo")), coolDowns.knownUntil(agentId("demo"))]).toEqual([until, until]);
    expect([await coolDowns.until(agentId("other")), coolDowns.knownUntil(agentId("other"))]).toEqual([
      undefined,
      undefined,
    ]);
    nowMs = until * 1_000;
    expect([await coolDowns.until(agentId("demo")), coolDowns.knownUntil(agentId("demo"))]).toEqual([
      undefined,
      undefined,
    ]);
    await coolDowns.begin({ agent: agentId("demo"), at: until, by: "escalation:E8:c" });
    expect(await coolDowns.until(agentId("demo"))).toBe(until + COOL_DOWN_SECONDS);
  });

  it("have pauses beside them, each of one agent and one party, of which the latest stays", async () => {
    const at = nowSeconds();
    const pause = { agent: agentId("shared"), party: "staff|pat", at, by: "escalation:E6:a" };
    await coolDowns.begin({ agent: agentId("shared"), at, by: "escalation:E8:a" });
    await pauses.begin(pause);
    await pauses.begin({ ...pause, at: at - 60, by: "escalation:E6:older" });
    await pauses.begin({ ...pause, by: "escalation:E6:same" });
    expect([await pauses.find(agentId("shared"), "staff|pat"), await pauses.list(agentId("shared"))]).toEqual([
      pause,
      [pause],
    ]);
    expect([
      await pauses.find(agentId("shared"), "staff|kim"),
      await pauses.find(agentId("other"), "staff|pat"),
    ]).toEqual([undefined, undefined]);
    const later = { ...pause, at: at + 60, by: "escalation:E6:later" };
    await pauses.begin(later);
    await pauses.begin({ ...pause, party: "root" });
    const listed = await pauses.list(agentId("shared"));
    expect(listed.toSorted((a, b) => a.at - b.at)).toEqual([{ ...pause, party: "root" }, later]);
    expect(await coolDowns.until(agentId("shared"))).toBe(at + COOL_DOWN_SECONDS);
  });

  it("count each token once, for its agent and issuer, and no token that was used for a task", async () => {
    await markUsed(useOf("used"));
    const add = (id: string, agent = "demo", issuer = "robots") => refused.add(agentId(agent), useOf(id, issuer), true);
    expect([await add("used"), await add("a"), await add("a"), await add("b")]).toEqual([false, true, false, true]);
    expect([await add("a", "demo", "mesh"), await add("a", "other")]).toEqual([true, true]);
    expect(await refused.add(agentId("demo"), useOf("c"), false)).toBe(true);
    expect([
      await refused.latest(agentId("demo")),
      await refused.latest(agentId("other")),
      await refused.latest(agentId("nobody")),
    ]).toEqual([[nowSeconds(), nowSeconds(), nowSeconds()], [nowSeconds()], []]);
    expect(await add("c")).toBe(false);
  });

  it("miss none of the refusals that come at the same moment, and read no more than they count", async () => {
    const racing = Array.from({ length: REFUSALS.most }, async (_, n) => {
      await refused.add(agentId("racing"), useOf(`racing-${n}`), true);
      return areTooManyRefusals(await refused.latest(agentId("racing")), nowSeconds());
    });
    expect(await Promise.all(racing)).toContain(true);
    nowMs += 1_000;
    await refused.add(agentId("racing"), useOf("racing-on"), true);
    const latest = await refused.latest(agentId("racing"));
    expect([latest.length, latest[0]]).toEqual([REFUSALS.most, nowSeconds()]);
  });

  it("count one of two requests with one token at the same moment", async () => {
    const added = await Promise.all(Array.from({ length: 6 }, () => refused.add(agentId("twice"), useOf("one"), true)));
    expect(added.filter(Boolean)).toHaveLength(1);
    expect(await refused.latest(agentId("twice"))).toHaveLength(1);
  });
});
