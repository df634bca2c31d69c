import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS, TOKEN_TYPES } from "../../contract/names.ts";
import { KINDS } from "../../functions/names.ts";
import { post } from "../../local/tour.ts";
import { type ApprovingCloud, runApprovingCloud, type Waiting } from "../contract/approving-cloud.ts";
import { keyOf } from "./approval-attacks.ts";
import { type Item, Thief } from "./thief.ts";

const ON_CONSENTED = `action == Action::"s3:PutObject", resource is AWS::Resource)
when { resource.account == "111122223333" && resource.arn like "arn:aws:s3:::acme-data/consented/*" };`;
const CONSENTED = `@id("agents-ask-their-person") @consent permit (principal in Team::"demo", ${ON_CONSENTED}
@id("people-may") permit (principal is User, ${ON_CONSENTED}`;

const [ERIN, BOB] = ["person:erin", "person:bob"];
const AGENT = "assistant";

let cloud: ApprovingCloud;
let owner: Thief;
beforeAll(async () => {
  cloud = await runApprovingCloud({ consented: CONSENTED });
  owner = new Thief(cloud, "exchange");
  await cloud.register(AGENT);
});
afterAll(() => cloud.close());

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
const mayAct = () => ({ iss: cloud.cloud.agents.issuer, sub: `agent:${AGENT}` });
/** Makes the token by which a person lets the agent act; the agent holds it. */
const personsToken = (sub: string) =>
  cloud.cloud.people.mint({ sub, groups: ["support"], aud: cloud.url, may_act: mayAct() });

let count = 0;
/** The agent requests, for Erin, to write an object of its own. */
async function requested(sub = ERIN): Promise<Waiting> {
  count += 1;
  const resources = [`arn:aws:s3:::acme-data/consented/${count}.csv`];
  const intent = [{ type: "aws", account: cloud.cloud.targetAccount, actions: ["s3:PutObject"], resources }];
  const answer = await post(cloud.url, await personsToken(sub), intent, {
    actor_token: await cloud.cloud.agents.mint({ sub: `agent:${AGENT}` }),
    actor_token_type: TOKEN_TYPES.idToken,
  });
  const { access_token: token, task } = (await answer.json()) as {
    readonly access_token: string;
    readonly task: { readonly id: string; readonly approval: { readonly id: string } };
  };
  return { id: task.id, token, approval: task.approval.id };
}

const hashOf = async ({ id }: Waiting) => ((await owner.read(keyOf(id))).approval as { readonly hash: string }).hash;

const stored = (held: Waiting, token: string, hash: string, person = ERIN): Item => ({
  pk: `${KINDS.vote}${held.approval}`,
  sk: `staff|${person}`,
  issuer: "staff",
  person,
  token,
  hashes: [hash],
});

/** Requests the key in every way that the agent has. */
async function expectNoKey(held: Waiting): Promise<void> {
  const [polled, renewed] = [await cloud.poll(held), await cloud.renew(held)];
  expect([polled.key, renewed.key]).toEqual([undefined, undefined]);
}

/** A vote as the people's issuer signs it. */
const vote = (sub: string, nonce: string, claims: Item = {}) => {
  const usual = { sub, aud: "valetkey-approvals", nonce, auth_time: nowSeconds(), groups: ["support"] };
  return cloud.cloud.people.mint({ ...usual, ...claims });
};

describe("a person's consent on a running cloud", () => {
  it("is found, read and given by its person alone, and brings the key", async () => {
    const held = await requested();
    expect(await cloud.voting.inboxOf(ERIN)).toBe(1);
    expect(await cloud.voting.inboxOf(BOB)).toBe(0);
    await expect(cloud.voting.read(BOB, held.approval)).resolves.toMatchObject({ you: { may_vote: false } });
    await expect(cloud.voting.read("person:dave", held.approval)).rejects.toThrow("403");
    expect(await cloud.voting.approve(BOB, held.approval)).toBe("400 vote_invalid");
    await expectNoKey(held);
    expect(await cloud.voting.approve(ERIN, held.approval)).toBe("200 approved");
    expect(await cloud.voting.inboxOf(ERIN)).toBe(0);
    expect((await cloud.poll(held)).key?.AccessKeyId).toMatch(/^ASIA/);
  });
});

describe("I9d, B3: with the keys of approve, nobody's consent is made", () => {
  it.each<readonly [string, (held: Waiting, hash: string) => Promise<Item>]>([
    [
      "the token by which the person lets the agent act",
      async (held, hash) => stored(held, await personsToken(ERIN), hash),
    ],
    [
      "a token of the agents' issuer over the request",
      async (held, hash) => {
        const claims = {
          sub: ERIN,
          aud: "valetkey-approvals",
          nonce: hash,
          auth_time: nowSeconds(),
          groups: ["support"],
        };
        return stored(held, await cloud.cloud.agents.mint(claims), hash);
      },
    ],
    [
      "an approver's genuine vote in the person's place",
      async (held, hash) => stored(held, await vote(BOB, hash, { groups: ["sre", "valetkey-approvers"] }), hash),
    ],
    [
      "the person's genuine vote on another request",
      async (held, hash) => stored(held, await vote(ERIN, await hashOf(await requested())), hash),
    ],
    [
      "the person's sign-in to the console over the request",
      async (held, hash) => stored(held, await vote(ERIN, hash, { aud: "valetkey-console" }), hash),
    ],
    [
      "the person's vote of a sign-in before the request",
      async (held, hash) => stored(held, await vote(ERIN, hash, { auth_time: nowSeconds() - 600 }), hash),
    ],
  ])(
    "%s",
    async (_, item) => {
      const held = await requested();
      expect(await new Thief(cloud, "approve").write(await item(held, await hashOf(held)))).toBe(true);
      await expectNoKey(held);
      // The token stopped it: the person's own vote, stored in the same way, brings the key.
      await pause(1_100);
      expect(
        await new Thief(cloud, "approve").write(stored(held, await vote(ERIN, await hashOf(held)), await hashOf(held))),
      ).toBe(true);
      expect((await cloud.poll(held)).key).toBeDefined();
    },
    60_000,
  );
});

describe("B3, B5: the exchange's seal covers whose consent it is", () => {
  it("no function can name another person for the consent", async () => {
    const held = await requested();
    const hash = await hashOf(held);
    const [task, request] = await Promise.all([
      owner.read(keyOf(held.id)),
      owner.read({ pk: { S: `${KINDS.approval}${held.approval}` }, sk: { S: "REQUEST" } }),
    ]);
    const onBehalf = { ...(task.onBehalf as Item), value: BOB };
    const record = JSON.stringify({ ...JSON.parse(String(request.record)), person: { issuer: "staff", value: BOB } });
    const bobs = await vote(BOB, hash, { groups: ["sre", "valetkey-approvers"] });
    await new Thief(cloud, "approve").write(stored(held, bobs, hash, BOB));
    const changed: string[] = [];
    for (const name of FUNCTIONS.filter((each) => each !== "exchange")) {
      const thief = new Thief(cloud, name);
      expect(await thief.write({ pk: `${KINDS.approval}${held.approval}`, sk: "REQUEST", record }), name).toBe(false);
      expect(await thief.write({ pk: `${KINDS.approval}${held.approval}`, sk: "USED", hash }), name).toBe(false);
      if (!(await thief.set(keyOf(held.id), { onBehalf }))) continue;
      changed.push(name);
      await expectNoKey(held);
      await owner.write(task);
    }
    // Functions that end tasks may change the record; its seal is not good then.
    expect(changed).toContain("tasks");
    // A sign-in is known by its second, and is good for one vote.
    await pause(1_100);
    expect(await cloud.voting.approve(ERIN, held.approval)).toBe("200 approved");
    expect((await cloud.poll(held)).key).toBeDefined();
  });
});
