import { setTimeout as pause } from "node:timers/promises";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { KINDS } from "../../functions/names.ts";
import { type ApprovingCloud, runApprovingCloud, type Waiting } from "../contract/approving-cloud.ts";
import { alikeIn } from "./able-to.ts";
import { ATTACKS, type Attack, keyOf, nextEventOf, type Scene } from "./approval-attacks.ts";
import { type Item, Thief } from "./thief.ts";

const TWICE = `@id("demo-writes-twice") @approval("sre=2") permit (
  principal in Team::"demo", action == Action::"s3:PutObject", resource is AWS::Resource
) when { resource.account == "111122223333" && resource.arn like "arn:aws:s3:::acme-data/twice/*" };`;

let cloud: ApprovingCloud;
let owner: Thief;
let used: Scene["used"];
beforeAll(async () => {
  cloud = await runApprovingCloud({ twice: TWICE });
  owner = new Thief(cloud, "exchange");
  await cloud.register("used");
  const task = await cloud.ask("used", "published/used.csv");
  await approve("person:bob", task);
  if (!(await cloud.poll(task)).key) throw new Error("an honest vote brings no key");
  used = {
    task: await owner.read(keyOf(task.id)),
    use: await owner.read(marshall({ pk: `${KINDS.approval}${task.approval}`, sk: "USED" })),
  };
});
afterAll(() => cloud.close());

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
/** Seconds in which people signed in for votes, as `person second`. One sign-in is one vote, and a sign-in is known by its second. */
const signedIn = new Set<string>();
/** A person signs in for a vote in a second of its own. */
async function approve(person: string, { approval }: Waiting): Promise<void> {
  while (signedIn.has(`${person} ${nowSeconds()}`)) await pause(50);
  const from = nowSeconds();
  expect(await cloud.voting.approve(person, approval)).toMatch(/^200 (approved|pending)$/);
  for (let second = from; second <= nowSeconds(); second += 1) signedIn.add(`${person} ${second}`);
}

/** The latest second in which the person did not vote, so that no attack fails by a sign-in that was used. */
function unusedSecond(person: string): number {
  let second = nowSeconds();
  while (signedIn.has(`${person} ${second}`)) second -= 1;
  return second;
}

let count = 0;
/**
 * A new agent with a waiting request, and a second request where an attack needs one. A new agent has no counts of
 * other attacks.
 */
async function scene({ folder = "published" }: Pick<Attack, "folder">): Promise<Scene> {
  count += 1;
  const agent = `victim-${count}`;
  await cloud.register(agent);
  const held = await cloud.ask(agent, `${folder}/weekly.csv`);
  let second: Promise<Waiting> | undefined;
  const other = () => {
    second ??= cloud.ask(agent, "published/yearly.csv");
    return second;
  };
  return {
    cloud,
    agent,
    held,
    other,
    used,
    approve,
    agentFacts: JSON.parse(
      String((await owner.read(marshall({ pk: `${KINDS.active}${agent}`, sk: "ACTIVE" }))).facts),
    ) as Item,
    hashOf: async ({ id }) => ((await owner.read(keyOf(id))).approval as { readonly hash: string }).hash,
    token: (sub, nonce, claims = {}) => {
      const groups = ["sre", "valetkey-approvers"];
      const usual = { sub, aud: "valetkey-approvals", nonce, auth_time: unusedSecond(sub), groups };
      return cloud.cloud.people.mint({ ...usual, ...claims });
    },
  };
}

/** Number of sessions that the exchange has requested of STS. */
const sessions = (): number =>
  cloud.calls.filter(
    ({ action, principalArn }) =>
      action === "sts:AssumeRole" && principalArn.includes(functionRoleName("exchange", {})),
  ).length;

/** Requests the key in every way that its holder has. @returns the poll's code. */
async function expectNoKey(held: Waiting): Promise<string | undefined> {
  const before = sessions();
  const [polled, renewed] = [await cloud.poll(held), await cloud.renew(held)];
  expect([polled.key, renewed.key]).toEqual([undefined, undefined]);
  expect(sessions()).toBe(before);
  return polled.code;
}

async function expectKeyBy(person: string, held: Waiting): Promise<void> {
  await approve(person, held);
  expect((await cloud.poll(held)).key?.AccessKeyId).toMatch(/^ASIA/);
}

const THIEVES = FUNCTIONS.filter((name) => name !== "exchange");
/** Thieves for whom IAM allows the same of the attacks' calls. The exchange treats all thieves of a group alike. */
const ALIKE = await alikeIn(THIEVES, [
  ...(["approval", "vote", "task", "live", "seal", "active", "registration"] as const).flatMap((kind) => [
    ["PutItem", kind] as const,
    ["UpdateItem", kind] as const,
  ]),
  ["DeleteItem", "vote"],
  ["DeleteItem", "replay"],
]);

describe("I9a, I9d: IAM stops every attack that needs another function's rights", () => {
  let victim: Scene;
  beforeAll(async () => {
    victim = await scene({});
    await approve("person:bob", await victim.other());
  });

  it.each(THIEVES)(
    "with the role of %s",
    async (name) => {
      const thief = new Thief(cloud, name);
      const written: string[] = [];
      for (const attack of ATTACKS) if (await attack.write(thief, victim)) written.push(attack.name);
      expect(written).toEqual(ATTACKS.filter(({ stopped }) => name in stopped).map((attack) => attack.name));
    },
    30_000,
  );
});

const WRITTEN = ALIKE.flatMap(([name = "console"]) =>
  ATTACKS.filter(({ stopped }) => name in stopped).map((attack) => [name, attack.name, attack] as const),
);

describe("I9a, I9d: what IAM lets, the exchange stops, and an honest vote brings the key", () => {
  it.each(WRITTEN)(
    "where %s %s",
    async (name, _, attack) => {
      const victim = await scene(attack);
      const { held } = victim;
      await attack.before?.(victim);
      const own = await owner.read(keyOf(held.id));
      expect(await attack.write(new Thief(cloud, name), victim)).toBe(true);
      expect(await expectNoKey(held)).toBe(attack.stopped[name]);
      if (attack.keyBy === undefined) return;
      // Restores the exchange's own record: an honest vote passes, so the attack alone was stopped.
      await owner.write(own);
      await expectKeyBy(attack.keyBy, held);
    },
    60_000,
  );

  it("where a thief can write nothing of it", async () => {
    const { held } = await scene({});
    expect(await expectNoKey(held)).toBe("authorization_pending");
    expect(await cloud.voting.approve("person:alice", held.approval)).toBe("403 not_eligible");
    await expectKeyBy("person:bob", held);
  });
});

describe("I9d: with the role of notify", () => {
  it("no vote is read, and nothing but what was announced is written", async () => {
    const thief = new Thief(cloud, "notify");
    const { held } = await scene({});
    await approve("person:bob", held);
    const vote: Item = { pk: `${KINDS.vote}${held.approval}`, sk: "staff|person:bob" };
    expect(await new Thief(cloud, "approve").reads(vote)).toBe(true);
    expect(await thief.reads(vote)).toBe(false);
    expect(await thief.reads({ pk: `${KINDS.task}${held.id}`, sk: held.id })).toBe(false);
    for (const [kind, prefix] of Object.entries(KINDS))
      expect(await thief.write({ pk: `${prefix}nobody`, sk: "x", a: 1 }), kind).toBe(kind === "notice");
    for (const [kind, prefix] of Object.entries(KINDS))
      expect(await thief.remove(marshall({ pk: `${prefix}nobody`, sk: "x" })), kind).toBe(false);
  });
});

describe("I5: with the roles of approve and notify", () => {
  it.each(["approve", "notify"] as const)("every task can still end: %s", async (name) => {
    expect(await new Thief(cloud, name).write(nextEventOf(used))).toBe(false);
    // Functions that end tasks may add to their journal. Such a role shows that the write would have worked.
    expect(await new Thief(cloud, "tasks").write({ ...nextEventOf(used), pk: `${KINDS.journal}nobody` })).toBe(true);
  });
});
