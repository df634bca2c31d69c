import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { glassNonce } from "../../functions/core/approvals/approval-record.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { KINDS } from "../../functions/names.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import { askPeople } from "../../local/approval-tour.ts";
import { type ApprovingCloud, EMERGENCY, runApprovingCloud, type Waiting } from "../contract/approving-cloud.ts";
import { BUCKET } from "../contract/running-cloud.ts";
import { alikeIn } from "./able-to.ts";
import { keyOf } from "./approval-attacks.ts";
import { type Item, Thief } from "./thief.ts";
import {
  type Broken,
  bobsVote,
  GLASS_ATTACKS,
  nameAnothers,
  outcomeOf,
  placeOf,
  STANDING_ATTACKS,
  type Standing,
  type UsedScene,
} from "./use-attacks.ts";

const NIGHTLY = `@id("demo-nightly") @approval("sre") @standing("2/1h") permit (
  principal in Team::"demo", action == Action::"s3:PutObject", resource is AWS::Resource
) when { resource.arn like "arn:aws:s3:::acme-data/nightly/*" };`;

const [ALICE, BOB, CAROL] = ["person:alice", "person:bob", "person:carol"];
const THIEVES = FUNCTIONS.filter((name) => name !== "exchange");

let cloud: ApprovingCloud;
let owner: Thief;
let approve: Thief;
beforeAll(async () => {
  cloud = await runApprovingCloud({ nightly: NIGHTLY, emergency: EMERGENCY });
  owner = new Thief(cloud, "exchange");
  approve = new Thief(cloud, "approve");
});
afterAll(() => cloud.close());

let count = 0;
async function newAgent(): Promise<string> {
  count += 1;
  await cloud.register(`victim-${count}`);
  return `victim-${count}`;
}

/** Answer to a request for two uses: a key, or a task that waits. */
async function askNightly(agent: string, key = "nightly/report.csv") {
  const answer = await askPeople(cloud.url, cloud.cloud, {
    resource: `arn:aws:s3:::${BUCKET}/${key}`,
    agent,
    standing: "2/1h",
  });
  const { access_token: token, task, credentials } = answer;
  return { id: task.id, token, status: task.status, approval: task.approval?.id ?? "", keys: credentials.length };
}

/** Lists a partition's items, as the exchange may of what it writes. */
async function itemsIn(pk: string, name: "exchange" | "approve" | "sweep" = "exchange"): Promise<readonly Item[]> {
  const { endpoint, region } = cloud.cloud.aws;
  const credentials = cloud.cloud.aws.keysFor(
    functionRoleArn(name, { partition: "aws", account: cloud.cloud.hubAccount }),
    functionRoleName(name, {}),
  );
  const client = new DynamoDBClient({ endpoint, region, credentials });
  const { Items: items = [] } = await client.send(
    new QueryCommand({
      TableName: "valetkey",
      KeyConditionExpression: "#pk = :pk",
      ConsistentRead: true,
      ExpressionAttributeNames: { "#pk": "pk" },
      ExpressionAttributeValues: marshall({ ":pk": pk }),
    }),
  );
  client.destroy();
  return items.map((item) => unmarshall(item));
}

/** Has Bob approve two uses for an agent, of which the first is made. */
async function standingOf(agent: string): Promise<Standing & { readonly task: Waiting }> {
  const task = await askNightly(agent);
  expect(task.status).toBe("pending_approval");
  expect(await cloud.voting.approve(BOB, task.approval)).toBe("200 approved");
  expect((await cloud.poll(task)).key).toBeDefined();
  const items = await itemsIn(`${KINDS.approval}${task.approval}`);
  const pointers = await itemsIn(`${KINDS.approval}AGENT#${agent}`);
  const find = (all: readonly Item[], prefix: string): Item => {
    const item = all.find(({ sk }) => String(sk).startsWith(prefix));
    if (!item) throw new Error(`no ${prefix}`);
    return item;
  };
  const { token } = await approve.read(placeOf(bobsVote(task.approval)));
  const { auth_time: time } = JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString());
  return {
    agent,
    id: task.approval,
    request: find(items, "REQUEST"),
    use: find(items, "USED"),
    pointer: find(pointers, "STANDING#"),
    signIn: String(time),
    task,
  };
}

/** Has Bob break the glass for an agent. */
async function brokenOf(agent: string): Promise<Broken> {
  const task = await cloud.ask(agent, "emergency/restore.csv");
  expect(await cloud.voting.breakGlass(BOB, task.approval)).toBe("200 approved");
  expect((await cloud.poll(task)).key).toBeDefined();
  const mine = ({ sk }: Item) => String(sk).endsWith(task.approval);
  const [use] = (await itemsIn(`${KINDS.approval}${task.approval}`)).filter(({ sk }) => sk === "USED");
  const [listed] = (await itemsIn(KINDS.glass, "sweep")).filter(mine);
  const [told] = (await itemsIn(`${KINDS.inbox}staff#sre`, "approve")).filter(mine);
  if (!use || !listed || !told) throw new Error("the broken glass is not recorded");
  return { agent, id: task.approval, use, listed, told };
}

/** Sweeps as a day later: the exchange's own entry is due. @returns the agent's status. */
async function sweptADayLater({ agent, listed, id }: Broken): Promise<string> {
  await owner.write({ ...listed, sk: `0000000001#${id}` });
  await cloud.cloud.hosts.sweep.invoke({});
  const operator = { authorization: `Bearer ${await cloud.cloud.people.mint({ sub: ALICE })}` };
  const shown = await fetch(`${cloud.url}/v1/agents/${agent}`, { headers: operator });
  return ((await shown.json()) as { readonly status: string }).status;
}

describe("I9c: IAM stops every write by which an approval is used more often, or a review is got rid of", () => {
  let victim: UsedScene;
  beforeAll(async () => {
    victim = { standing: await standingOf(await newAgent()), glass: await brokenOf(await newAgent()) };
  });

  it.each(THIEVES)(
    "with the role of %s",
    async (name) => {
      const thief = new Thief(cloud, name);
      const written: string[] = [];
      const all = [...STANDING_ATTACKS, ...GLASS_ATTACKS];
      for (const attack of all) if (await attack.write(thief, victim)) written.push(attack.name);
      expect(written).toEqual(all.filter(({ allowed }) => allowed.includes(name)).map((attack) => attack.name));
    },
    30_000,
  );

  it.each(THIEVES)("%s announces no decision, which approvers would be shown, unless it is approve", async (name) => {
    const announced = { pk: `${KINDS.decision}${victim.standing.id}`, sk: "DECISION", decision: "approved", at: 1 };
    expect(await new Thief(cloud, name).write(announced)).toBe(name === "approve");
  });

  it("each of the writes is one that the table takes from the exchange, or from approve", async () => {
    const { standing, glass } = victim;
    for (const item of [standing.request, standing.use, standing.pointer, glass.use, glass.listed, glass.told])
      expect(await owner.write(item)).toBe(true);
    expect(await owner.remove(placeOf({ ...glass.listed, sk: "0000000000#x" }))).toBe(true);
  });
});

describe("I9c: with the role of approve, a standing approval gives no key beyond what people signed", () => {
  it("not after its last use, though somebody stores another genuine vote", async () => {
    const agent = await newAgent();
    const standing = await standingOf(agent);
    expect((await askNightly(agent)).keys).toBe(1);
    const { hash } = standing.use;
    const groups = ["sre", "valetkey-approvers"];
    const auth = { aud: "valetkey-approvals", nonce: hash, auth_time: Math.floor(Date.now() / 1_000) };
    const token = await cloud.cloud.people.mint({ sub: CAROL, ...auth, groups });
    const vote = { pk: `${KINDS.vote}${standing.id}`, sk: `staff|${CAROL}`, issuer: "staff", person: CAROL, token };
    expect(await approve.write({ ...vote, hashes: [hash] })).toBe(true);
    expect(await askNightly(agent)).toMatchObject({ status: "pending_approval", keys: 0 });
  });

  it("not after a withdrawal, though somebody writes over it", async () => {
    const agent = await newAgent();
    const { id } = await standingOf(agent);
    expect(await cloud.voting.withdraw(BOB, id)).toBe("200 withdrawn");
    expect(await approve.write({ ...outcomeOf(id), decision: "approved" })).toBe(true);
    expect(await askNightly(agent)).toMatchObject({ status: "pending_approval", keys: 0 });
  });

  it("not without the vote, though somebody stores it as another person's", async () => {
    const agent = await newAgent();
    const { id } = await standingOf(agent);
    const vote = await approve.read(placeOf(bobsVote(id)));
    expect(await approve.write({ ...vote, token: String(vote.token).slice(0, -4) })).toBe(true);
    expect(await askNightly(agent)).toMatchObject({ status: "pending_approval", keys: 0 });
  });

  it("each use that is left brings one key, where nobody touches it", async () => {
    const agent = await newAgent();
    await standingOf(agent);
    expect(await askNightly(agent)).toMatchObject({ keys: 1 });
    expect(await askNightly(agent)).toMatchObject({ status: "pending_approval", keys: 0 });
  });
});

describe("I9a: with the role of a function that writes tasks, nobody uses another agent's standing approval", async () => {
  const writers = await alikeIn(
    THIEVES.filter((name) => ["tasks", "operate", "sweep", "intake", "revoke-leases"].includes(name)),
    [
      ["UpdateItem", "task"],
      ["PutItem", "journal"],
    ],
  );
  it.each(writers.map(([name = "tasks"]) => name))(
    "with the role of %s",
    async (name) => {
      const standing = await standingOf(await newAgent());
      const { approval } = await owner.read(keyOf(standing.task.id));
      const held = await askNightly(await newAgent());
      expect(await nameAnothers(new Thief(cloud, name), held.id, approval)).toBe(true);
      expect(await cloud.poll(held)).toEqual({ code: "subject_token_unknown" });
    },
    60_000,
  );
});

describe("I9d: with the role of approve, nobody breaks the glass without a vote for it", () => {
  it.each<readonly [string, (hash: string, other: string) => Item]>([
    ["an ordinary vote is stored as one that breaks it", (hash) => ({ sub: BOB, nonce: hash })],
    ["the owner's is stored", (hash) => ({ sub: ALICE, nonce: glassNonce(hash) })],
    ["a vote that breaks another glass is stored", (_, other) => ({ sub: BOB, nonce: glassNonce(other) })],
    ["a vote of a silent sign-in is stored", (hash) => ({ sub: BOB, nonce: glassNonce(hash), auth_time: 1 })],
    ["a sign-in to the console is stored", (hash) => ({ sub: BOB, nonce: glassNonce(hash), aud: "valetkey-console" })],
  ])(
    "though %s",
    async (_, claimsOf) => {
      const agent = await newAgent();
      const [held, other] = [await cloud.ask(agent, "emergency/a.csv"), await cloud.ask(agent, "emergency/b.csv")];
      const hashOf = async ({ id }: Waiting) =>
        ((await owner.read(keyOf(id))).approval as { readonly hash: string }).hash;
      const hash = await hashOf(held);
      const usual = { aud: "valetkey-approvals", auth_time: Math.floor(Date.now() / 1_000) };
      const groups = ["sre", "valetkey-approvers"];
      const token = await cloud.cloud.people.mint({ ...usual, groups, ...claimsOf(hash, await hashOf(other)) });
      const vote = { ...bobsVote(held.approval), issuer: "staff", person: BOB, token, hashes: [hash], glass: true };
      expect(await approve.write(vote)).toBe(true);
      expect(await cloud.poll(held)).toEqual({ code: "authorization_pending" });
      expect(await cloud.voting.breakGlass(BOB, held.approval)).toBe("200 approved");
      expect((await cloud.poll(held)).key).toBeDefined();
    },
    60_000,
  );
});

describe("I9d: with the role of approve, nobody prevents an agent's suspension for a glass that nobody reviewed", () => {
  it.each(
    GLASS_ATTACKS.filter(({ allowed }) => allowed.includes("approve")).map((attack) => [attack.name, attack] as const),
  )(
    "though somebody %s",
    async (_, attack) => {
      const glass = await brokenOf(await newAgent());
      const standing = { agent: "", id: "", request: {}, use: {}, pointer: {}, signIn: "" };
      expect(await attack.write(approve, { glass, standing })).toBe(true);
      // The person who broke it reviews nothing, whatever is stored of the vote.
      expect(await cloud.voting.review(BOB, glass.id)).toBe("403 not_eligible");
      expect(await sweptADayLater(glass)).toBe("suspended");
    },
    60_000,
  );

  it("another person's review leaves the agent active", async () => {
    const glass = await brokenOf(await newAgent());
    expect(await cloud.voting.review(CAROL, glass.id)).toBe("200 reviewed");
    await cloud.cloud.hosts.sweep.invoke({});
    expect((await itemsIn(KINDS.glass, "sweep")).filter(({ sk }) => String(sk).endsWith(glass.id))).toEqual([]);
  });
});
