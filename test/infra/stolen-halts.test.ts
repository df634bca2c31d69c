import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { KINDS } from "../../functions/names.ts";
import { codeOfVend, INTENT, type RunningCloud, runCloud } from "../contract/running-cloud.ts";
import { alikeIn } from "./able-to.ts";
import { Thief } from "./thief.ts";

let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud();
});
afterAll(() => running.close());

const ACCOUNT = String(INTENT[0]?.account);

async function act(what: "halt" | "lift", body: object): Promise<number> {
  const token = await running.cloud.people.mint({ sub: "person:alice" });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const path = `/v1/accounts/${ACCOUNT}/${what}`;
  return (await fetch(running.url + path, { method: "POST", headers, body: JSON.stringify(body) })).status;
}

const HALT = { pk: KINDS.accountHalt, sk: ACCOUNT };
const LIFT = { pk: KINDS.accountLift, sk: ACCOUNT };
const THIEVES = FUNCTIONS.filter((name) => name !== "register");
const ALIKE = await alikeIn(
  THIEVES,
  (["accountHalt", "accountLift"] as const).flatMap((kind) =>
    (["PutItem", "UpdateItem", "DeleteItem"] as const).map((action) => [action, kind] as const),
  ),
);

describe.each(ALIKE.map(([first]) => first as FunctionName))("with the role of %s and nothing else", (name) => {
  beforeEach(async () => {
    expect(await act("halt", { reason: "a drill" })).toBe(200);
  });

  it("no halt of an account is lifted: not by removing it, by writing over it, or by a lift", async () => {
    const thief = new Thief(running, name);
    expect(await thief.remove(marshall(HALT))).toBe(false);
    expect(await thief.write({ ...LIFT, account: ACCOUNT, at: 4_000_000_000, by: "staff|alice" })).toBe(false);
    for (const fields of [
      { account: ACCOUNT, at: 0, by: "staff|alice" },
      { account: ACCOUNT, at: 1, by: "staff|alice", liftedAt: 4_000_000_000, ttl: 1 },
      {},
    ])
      await thief.write({ ...HALT, ...fields });
    expect(await codeOfVend(running)).toBe("account_halted");
  });

  it("a halt that it wrote is lifted as another is", async () => {
    await new Thief(running, name).write({ ...HALT, account: ACCOUNT, at: 4_000_000_000, by: "thief" });
    expect(await codeOfVend(running)).toBe("account_halted");
    expect(await act("lift", {})).toBe(200);
    expect(await codeOfVend(running)).toBe("issued");
  });
});
