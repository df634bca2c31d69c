import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName, TOKEN_TYPES } from "../../contract/names.ts";
import { actId } from "../../functions/core/approvals/act-record.ts";
import { KINDS } from "../../functions/names.ts";
import { type ApprovingCloud, runApprovingCloud } from "../contract/approving-cloud.ts";
import { exchangeParameters, GRANT_TYPE, INTENT } from "../contract/running-cloud.ts";
import { alikeIn } from "./able-to.ts";
import { type Item, Thief } from "./thief.ts";

const ERIN = "person:erin";
const [DETAIL] = INTENT;

let cloud: ApprovingCloud;
let owner: Thief;
beforeAll(async () => {
  cloud = await runApprovingCloud();
  owner = new Thief(cloud, "exchange");
});
afterAll(() => cloud.close());

let count = 0;
/** Registers a new agent, which nobody has consented to. */
async function stranger(): Promise<string> {
  count += 1;
  await cloud.register(`victim-${count}`);
  return `victim-${count}`;
}

const narrow = [{ ...DETAIL, resources: ["arn:aws:s3:::acme-data/reports/weekly.csv"] }];
const body = (agent: string) => ({ agent, purpose: "read one report", authorization_details: narrow });

/** Has Erin consent that the agent reads one report. */
async function consented(agent: string): Promise<string> {
  const answer = await cloud.voting.perform(ERIN, "/v1/consents", body(agent));
  expect(answer.status).toBe(201);
  return String(((await answer.json()) as Item).id);
}

const withdraw = async (id: string): Promise<void> => {
  expect((await cloud.voting.send(ERIN, `/v1/consents/${id}/withdraw`, {})).status).toBe(200);
};

/**
 * Requests reports for Erin, by a token of hers that names no agent.
 * @returns the answer, whose code is `vended` where a task was opened.
 */
async function ask(agent: string, details: unknown = narrow) {
  const { cloud: aws, url } = cloud;
  const parameters = {
    grant_type: GRANT_TYPE,
    ...exchangeParameters(await aws.agents.mint({ sub: `agent:${agent}` })),
    subject_token: await aws.people.mint({ sub: ERIN, groups: ["support"], aud: url }),
    actor_token: await aws.agents.mint({ sub: `agent:${agent}` }),
    actor_token_type: TOKEN_TYPES.idToken,
    authorization_details: JSON.stringify(details),
  };
  const answer = await fetch(`${url}/v1/token`, { method: "POST", body: new URLSearchParams(parameters) });
  const {
    code = "vended",
    task,
    access_token,
  } = (await answer.json()) as {
    readonly code?: string;
    readonly access_token?: string;
    readonly task?: { readonly id: string };
  };
  return { code, id: task?.id ?? "", token: access_token ?? "" };
}

const liveKey = (agent: string) => ({ pk: `${KINDS.liveConsent}staff|${ERIN}`, sk: agent });
const consentKey = (id: string) => ({ pk: `${KINDS.consent}${id}`, sk: "CONSENT" });
const live = (agent: string, id: string): Item => ({ ...liveKey(agent), id, expiresAt: 4_000_000_000 });

/** Writes, changes and removes what a consent consists of. @returns whether IAM allowed each. */
async function allowed(name: FunctionName): Promise<readonly boolean[]> {
  const thief = new Thief(cloud, name);
  const nobody = "0".repeat(32);
  return [
    await thief.write({ ...consentKey(nobody), consent: "{}", seal: "" }),
    await thief.write({ ...liveKey("nobody"), id: nobody, expiresAt: 0 }),
    await thief.remove(marshall(consentKey(nobody))),
    await thief.remove(marshall({ pk: `${KINDS.act}staff|nobody`, sk: "1" })),
  ];
}

const THIEVES = FUNCTIONS.filter((name) => name !== "exchange");
const WRITTEN = ["consent", "liveConsent", "act", "task", "person", "personCut"] as const;
const ALIKE = await alikeIn(
  THIEVES,
  WRITTEN.flatMap((kind) => ["PutItem", "UpdateItem", "DeleteItem"].map((action) => [action, kind] as const)),
);

it.each(THIEVES)(
  "the role of %s writes no consent, brings none to life, removes none, and frees no sign-in",
  async (name) => {
    expect(await allowed(name)).toEqual([false, false, false, false]);
  },
);

describe.each(ALIKE.map(([first]) => first as FunctionName))("with the role of %s and nothing else", (name) => {
  it("nobody makes a consent, widens one, or puts that of one agent in the place of another", async () => {
    const thief = new Thief(cloud, name);
    const [agent, other] = [await stranger(), await stranger()];
    const id = await consented(other);
    const forged = { ...(await owner.read(marshall(consentKey(id)))) };
    await thief.write({ ...forged, consent: String(forged.consent).replaceAll(other, agent) });
    await thief.write(live(agent, id));
    expect((await ask(agent)).code).toBe("actor_not_allowed");
    await thief.write({ ...forged, consent: String(forged.consent).replaceAll("weekly.csv", "*") });
    expect((await ask(other, INTENT)).code).not.toBe("vended");
  });

  it("nobody brings a withdrawn consent back, or lets its task live on", async () => {
    const thief = new Thief(cloud, name);
    const agent = await stranger();
    const id = await consented(agent);
    const task = await ask(agent);
    expect(task.code).toBe("vended");
    const [before, entry] = [
      await owner.read(marshall(consentKey(id))),
      await owner.read(marshall({ pk: `${KINDS.task}${task.id.slice(0, -1)}`, sk: task.id })),
    ];
    await withdraw(id);
    await thief.write(before);
    await thief.write(live(agent, id));
    await thief.write({ ...entry, status: "active" });
    expect((await ask(agent)).code).toBe("actor_not_allowed");
    const renewed = await fetch(`${cloud.url}/v1/tasks/${task.id}/credentials/aws-0`, {
      headers: { authorization: task.token },
    });
    expect([renewed.status, ((await renewed.json()) as Item).AccessKeyId]).toEqual([expect.any(Number), undefined]);
    expect(renewed.status).not.toBe(200);
  });
});

describe("with the rights of the exchange in the table, and without its key", () => {
  it("a consent that no vote made is not believed", async () => {
    const [agent, other] = [await stranger(), await stranger()];
    const id = await consented(other);
    const genuine = await owner.read(marshall(consentKey(id)));
    const made = actId("A".repeat(43));
    const text = String(genuine.consent).replaceAll(id, made).replaceAll(other, agent);
    expect(await owner.write({ ...consentKey(made), consent: text, seal: genuine.seal })).toBe(true);
    expect(await owner.write(live(agent, made))).toBe(true);
    expect((await ask(agent)).code).toBe("actor_not_allowed");
  });

  it("a genuine consent for one agent is none for another", async () => {
    const agent = await stranger();
    const id = await consented(await stranger());
    expect(await owner.write(live(agent, id))).toBe(true);
    expect((await ask(agent)).code).toBe("actor_not_allowed");
  });
});
