import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FunctionName } from "../../contract/names.ts";
import { KINDS } from "../../functions/names.ts";
import { Thief } from "../infra/thief.ts";
import { type ApprovingCloud, runApprovingCloud } from "./approving-cloud.ts";

/** The whole of valetkey with `stepUp`, on the embedded AWS, with people who sign in at a real OpenID provider. */
let cloud: ApprovingCloud;
beforeAll(async () => {
  cloud = await runApprovingCloud({}, { stepUp: true });
});
afterAll(() => cloud.close());

const ALICE = "person:alice";
const codeOf = async (answer: Response) =>
  `${answer.status} ${((await answer.json()) as { code?: string }).code ?? "done"}`;
/** Sends an act with an operator's token alone. */
const byTokenAlone = async (path: string, body: object = {}) =>
  fetch(`${cloud.url}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await cloud.cloud.people.mint({ sub: ALICE })}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
const agentOf = (id: string) => ({
  id,
  name: id,
  owner: "staff|person:alice",
  team: "demo",
  bindings: [{ issuer: "local", claims: { sub: `agent:${id}` } }],
});

describe("operators' dangerous acts, in the cloud", () => {
  it("are not performed with a stolen operator's token alone, but with a vote for each", async () => {
    await cloud.register("worker");
    const acts: readonly (readonly [string, object, () => Promise<unknown>])[] = [
      ["/v1/agents", agentOf("bound-to-the-thief"), async () => undefined],
      ["/v1/agents/worker", { limits: { live_tasks: 9 } }, async () => undefined],
      ["/v1/agents/worker/resume", {}, () => byTokenAlone("/v1/agents/worker/suspend")],
      ["/v1/panic/lift", {}, () => byTokenAlone("/v1/panic", { reason: "a drill" })],
      ["/v1/agents/worker/offboard", { reason: "it is over" }, async () => undefined],
    ];
    for (const [path, body, before] of acts) {
      await before();
      const refused = await byTokenAlone(path, body);
      expect(refused.headers.get("www-authenticate")).toContain('error="insufficient_user_authentication"');
      expect(await codeOf(refused)).toBe("401 step_up_required");
      expect(await codeOf(await cloud.voting.perform(ALICE, path, body))).toMatch(/^20[012] done$/);
    }
  });

  it("are performed once by one sign-in, whichever of two functions performs them", async () => {
    const panic = await byTokenAlone("/v1/panic", { reason: "another drill" });
    expect(panic.status).toBe(200);
    const [lift, register] = ["/v1/panic/lift", "/v1/agents"];
    const [one, other] = [await cloud.voting.voteForAct(ALICE, lift), agentOf("twice")];
    const both = await Promise.all([1, 2, 3].map(() => cloud.voting.send(ALICE, lift, { step_up: one })));
    const codes = await Promise.all(both.map(codeOf));
    expect(codes.filter((code) => code === "200 done").length).toBeGreaterThanOrEqual(1);
    // Sends the vote for the lift with another act, and with another lift. A lift without a panic in force uses no
    // vote.
    expect(await codeOf(await cloud.voting.send(ALICE, register, { ...other, step_up: one }))).toBe("400 vote_invalid");
    await byTokenAlone("/v1/panic", { reason: "a third drill" });
    expect(await codeOf(await cloud.voting.send(ALICE, lift, { step_up: one }))).toBe("409 sign_in_used");
    expect(await codeOf(await cloud.voting.perform(ALICE, lift))).toBe("200 done");
  });

  it("are not performed with another person's vote", async () => {
    const id = agentOf("not-hers");
    const bobs = await cloud.voting.voteForAct("person:bob", "/v1/agents", id);
    expect(await codeOf(await cloud.voting.send(ALICE, "/v1/agents", { ...id, step_up: bobs }))).toBe(
      "400 vote_invalid",
    );
    expect(await codeOf(await cloud.voting.send("person:bob", "/v1/agents", { ...id, step_up: bobs }))).toBe(
      "403 operator_denied",
    );
  });

  it("are recorded as uses of a sign-in by the functions that perform them, and IAM lets nobody delete the record", async () => {
    const used = { pk: `${KINDS.act}staff|${ALICE}`, sk: "1", nonce: "of nobody" };
    const key = marshall({ pk: used.pk, sk: used.sk });
    const may: string[] = [];
    for (const name of ["operate", "register", "approve", "exchange", "tasks", "sweep", "intake"] as FunctionName[]) {
      const thief = new Thief(cloud, name);
      if (await thief.write(used)) may.push(`${name} puts`);
      if (await thief.remove(key)) may.push(`${name} removes`);
      const vote = { pk: `${KINDS.replay}VOTE#staff|${ALICE}`, sk: "1", nonce: "of nobody" };
      if (name !== "exchange" && (await thief.write(vote))) may.push(`${name} puts a vote`);
    }
    expect(may).toEqual(["operate puts", "register puts", "exchange puts"]);
  });
});
