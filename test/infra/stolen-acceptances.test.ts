import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { KINDS } from "../../functions/names.ts";
import { type ApprovingCloud, runApprovingCloud } from "../contract/approving-cloud.ts";
import { ACCOUNT, exchangeParameters, GRANT_TYPE } from "../contract/running-cloud.ts";
import { alikeIn } from "./able-to.ts";
import { type Item, Thief } from "./thief.ts";

const CAROL = "person:carol";

let cloud: ApprovingCloud;
let owner: Thief;
beforeAll(async () => {
  const accounts = [{ id: ACCOUNT, region: "us-east-1", taskRoles: 2, production: true }];
  cloud = await runApprovingCloud({}, { accounts });
  owner = new Thief(cloud, "exchange");
});
afterAll(() => cloud.close());

let count = 0;
/** Registers a new agent, whose threat model nobody has accepted. */
async function stranger(): Promise<string> {
  count += 1;
  await cloud.register(`victim-${count}`);
  return `victim-${count}`;
}

const modelOf = async (agent: string): Promise<Item> => {
  const headers = { authorization: `Bearer ${await cloud.cloud.people.mint({ sub: "person:alice" })}` };
  const answer = await fetch(`${cloud.url}/v1/agents/${agent}/threat-model`, { headers });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Item;
};

/** Has Carol, who is in security, accept the model of the agent. @returns the stored item. */
async function accepted(agent: string): Promise<Item> {
  const { model } = await modelOf(agent);
  const answer = await cloud.voting.perform(CAROL, `/v1/agents/${agent}/threat-model`, model as object);
  expect(answer.status).toBe(201);
  const [item] = await owner.list(`${KINDS.acceptance}${agent}`);
  if (!item) throw new Error("nothing was accepted");
  return item;
}

/** Requests reports in the production account. @returns the code of the refusal, or `vended`. */
async function ask(agent: string): Promise<string> {
  const token = await cloud.cloud.agents.mint({ sub: `agent:${agent}` });
  const parameters = { grant_type: GRANT_TYPE, ...exchangeParameters(token) };
  const answer = await fetch(`${cloud.url}/v1/token`, { method: "POST", body: new URLSearchParams(parameters) });
  return ((await answer.json()) as { readonly code?: string }).code ?? "vended";
}

/** Writes, changes and removes what an acceptance consists of. @returns whether IAM allowed each. */
async function allowed(name: FunctionName): Promise<readonly boolean[]> {
  const thief = new Thief(cloud, name);
  const nothing = { pk: `${KINDS.acceptance}nobody`, sk: `1764000000#${"0".repeat(32)}` };
  return [
    await thief.write({ ...nothing, acceptance: "{}", seal: "" }),
    await thief.remove(marshall(nothing)),
    await thief.remove(marshall({ pk: `${KINDS.act}staff|nobody`, sk: "1" })),
  ];
}

const THIEVES = FUNCTIONS.filter((name) => name !== "exchange");
const ALIKE = await alikeIn(
  THIEVES,
  (["acceptance", "act", "active", "registration"] as const).flatMap((kind) =>
    ["PutItem", "UpdateItem", "DeleteItem"].map((action) => [action, kind] as const),
  ),
);

it.each(THIEVES)("the role of %s writes no acceptance, removes none, and frees no sign-in", async (name) => {
  expect(await allowed(name)).toEqual([false, false, false]);
});

it("an agent gets keys in production by an acceptance, and not before", async () => {
  const agent = await stranger();
  expect(await ask(agent)).toBe("threat_model_unaccepted");
  await accepted(agent);
  expect(await ask(agent)).toBe("vended");
  expect(await modelOf(agent)).toMatchObject({ status: "accepted", production: [ACCOUNT] });
});

describe.each(ALIKE.map(([first]) => first as FunctionName))("with the role of %s and nothing else", (name) => {
  it("nobody makes an acceptance, or puts that of one agent in the place of another's", async () => {
    const thief = new Thief(cloud, name);
    const [agent, other] = [await stranger(), await stranger()];
    const { pk: _, sk, ...genuine } = await accepted(other);
    await thief.write({ ...genuine, pk: `${KINDS.acceptance}${agent}`, sk });
    const { model } = await modelOf(agent);
    const forged = { ...JSON.parse(String(genuine.acceptance)), agent, model };
    await thief.write({
      ...genuine,
      acceptance: JSON.stringify(forged),
      pk: `${KINDS.acceptance}${agent}`,
      sk: `9${sk}`,
    });
    expect(await ask(agent)).toBe("threat_model_unaccepted");
  });

  it("nobody has an acceptance cover a registration that it did not", async () => {
    const thief = new Thief(cloud, name);
    const agent = await stranger();
    await accepted(agent);
    const active = { pk: `${KINDS.active}${agent}`, sk: "ACTIVE" };
    const facts = JSON.parse(String((await owner.read(marshall(active))).facts));
    const bindings = [...facts.bindings, { issuer: "local", claims: { sub: "agent:thief" } }];
    const isChanged = await thief.write({ ...active, facts: JSON.stringify({ ...facts, bindings }) });
    // The exchange had read it: the record's own read finds the change.
    if (isChanged) expect(await ask(agent)).toBe("agent_changed");
    expect(await ask(agent)).toBe(isChanged ? "threat_model_unaccepted" : "vended");
  });
});

describe("with the rights of the exchange in the table, and without its key", () => {
  it("an acceptance that no vote made is not believed", async () => {
    const [agent, other] = [await stranger(), await stranger()];
    const genuine = await accepted(other);
    const { model } = await modelOf(agent);
    const forged = { ...JSON.parse(String(genuine.acceptance)), agent, model };
    const place = { pk: `${KINDS.acceptance}${agent}`, sk: genuine.sk };
    expect(await owner.write({ ...place, acceptance: JSON.stringify(forged), seal: genuine.seal })).toBe(true);
    expect(await ask(agent)).toBe("threat_model_unaccepted");
  });

  it("a genuine acceptance for one agent is none for another", async () => {
    const agent = await stranger();
    const genuine = await accepted(await stranger());
    expect(await owner.write({ ...genuine, pk: `${KINDS.acceptance}${agent}` })).toBe(true);
    expect(await ask(agent)).toBe("threat_model_unaccepted");
  });
});
