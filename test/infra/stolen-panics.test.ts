import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { KINDS, type Kind } from "../../functions/names.ts";
import { rightsOf } from "../../infra/rights.ts";
import { codeOfVend, type RunningCloud, runCloud } from "../contract/running-cloud.ts";
import { SCOPE } from "./able-to.ts";
import { Thief } from "./thief.ts";

let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud();
});
afterAll(() => running.close());

async function operate(method: "GET" | "POST", path: string, body?: object) {
  const token = await running.cloud.people.mint({ sub: "person:alice" });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(running.url + path, { method, headers, body: body ? JSON.stringify(body) : null });
  return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> };
}

const DECLARED = { pk: KINDS.declaredPanic, sk: "*" };
const LIFTED = { pk: KINDS.panic, sk: "*" };
const A_LIFT = { declaredAt: 1, declaredBy: "thief", reason: "x", liftedAt: 1, liftedBy: "thief" };

/** Items that whoever may declare a panic might write in its place. */
const WRITTEN = [
  { ...A_LIFT, chain: { n: 1, hash: "" } },
  { ...A_LIFT, declaredAt: Number.MAX_SAFE_INTEGER, chain: { n: 999_999, hash: "x" }, ttl: 4_000_000_000 },
  { declaredAt: "yesterday", declaredBy: 1, reason: {}, chain: "none" },
  {},
];

describe("with the role of panic and nothing else", () => {
  it("a panic is declared, and none is lifted: not by removing it, by writing over it, or by a lift", async () => {
    expect((await operate("POST", "/v1/panic", { reason: "a drill" })).status).toBe(200);
    const thief = new Thief(running, "panic");
    expect(await thief.remove(marshall(DECLARED))).toBe(false);
    expect(await thief.remove(marshall(LIFTED))).toBe(false);
    expect(await thief.write({ ...LIFTED, ...A_LIFT, chain: { n: 2, hash: "" } })).toBe(false);
    for (const fields of WRITTEN) {
      expect(await thief.write({ ...DECLARED, ...fields })).toBe(true);
      expect((await operate("GET", "/v1/panic")).body).toMatchObject({ halted: true });
      expect(await codeOfVend(running)).toBe("halted");
    }
  });

  it.each(WRITTEN)("a panic that it wrote is shown, and lifted as another is: %j", async (fields) => {
    await new Thief(running, "panic").write({ ...DECLARED, ...fields });
    expect(await operate("GET", "/v1/panic")).toMatchObject({ status: 200, body: { halted: true } });
    expect(await operate("POST", "/v1/panic/lift")).toMatchObject({
      status: 200,
      body: { lifted_by: "staff|person:alice" },
    });
    expect((await operate("GET", "/v1/panic")).body).toMatchObject({ lifted_by: "staff|person:alice" });
  });

  it("nothing else is written but its journals and its own counts, and nothing but panics is read", async () => {
    const thief = new Thief(running, "panic");
    const may = async (act: (kind: Kind) => Promise<boolean>) => {
      const each = await Promise.all((Object.keys(KINDS) as Kind[]).map(async (kind) => [kind, await act(kind)]));
      return each.filter(([, allowed]) => allowed).map(([kind]) => kind);
    };
    const at = (kind: Kind) => ({ pk: `${KINDS[kind]}thief`, sk: "*" });
    expect(await may((kind) => thief.write(at(kind)))).toEqual(["declaredPanic", "panicJournal", "readJournal"]);
    expect(await may((kind) => thief.remove(marshall(at(kind))))).toEqual([]);
    expect(await may((kind) => thief.reads(at(kind)))).toEqual(["panic", "declaredPanic"]);
  });

  it("nothing is done in AWS but in the table and its log", () => {
    const services = rightsOf("panic", SCOPE).flatMap(({ Action }) =>
      [Action].flat().map((each) => each.split(":")[0]),
    );
    expect(new Set(services)).toEqual(new Set(["dynamodb"]));
  });
});

it("no function but panic and operate writes to a panic", async () => {
  for (const name of FUNCTIONS.filter((each) => !["panic", "operate", "console", "signals"].includes(each))) {
    const thief = new Thief(running, name);
    for (const item of [DECLARED, LIFTED])
      expect([name, await thief.write(item), await thief.remove(marshall(item))]).toEqual([name, false, false]);
  }
});
