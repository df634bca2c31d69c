import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { NOTHING_HOLDS } from "../../../../functions/core/conditions/holding.ts";
import { queryFor, type Requester } from "../../../../functions/core/policy/entities.ts";
import { CONTEXT, contextOf, factsOf } from "../../../../functions/core/proof/cedar-context.ts";
import { readsOf } from "../../../../functions/core/proof/cedar-reads.ts";
import { cedarSchema } from "../../../../functions/policy/read/cedar-schema.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { ASKER, statedOf, when } from "./ask.ts";

const ENTITIES = readFileSync("policies/schema.cedarschema", "utf8");
const PERSON = { issuer: "staff", value: "pat", groups: ["staff|ops"], isFirst: false };

/** Returns the attributes of the context that the schema gives every question of an agent. */
function inSchema(): readonly string[] {
  const made = cedarSchema(ENTITIES, ["s3:GetObject"], [], catalogue);
  if ("faults" in made) throw new Error(JSON.stringify(made.faults));
  const context = made.schema[""]?.actions["s3:GetObject"]?.appliesTo?.context as { attributes: object };
  return Object.keys(context.attributes);
}

/** Returns the attributes of the context in Cedar's question. */
function inQuestion(asks: Pick<Requester, "asks">): readonly string[] {
  const { purpose, ttlSeconds, atMs } = ASKER;
  const agent = { id: agentId("demo"), owner: "ann", team: "data" };
  const onBehalf = { ...PERSON, personal: false } as never;
  const facts = { claims: {}, purpose, ttlSeconds, atMs, sourceIp: "192.0.2.7", conditions: NOTHING_HOLDS };
  const requester = { agent, ...facts, onBehalf, ...asks };
  const pair = { kind: "account", action: "s3:ListAllMyBuckets", account: "111122223333", groups: [] } as never;
  return Object.keys(queryFor(pair, requester, "nothing").context);
}

describe("I2: the context of a proof", () => {
  it("has every attribute that the schema has, and no other", () => {
    expect(CONTEXT.toSorted()).toEqual(inSchema().toSorted());
  });

  it("has every attribute that Cedar is asked with", () => {
    const asked = new Set([...inQuestion({}), ...inQuestion({ asks: "person" })]);
    expect(CONTEXT.toSorted()).toEqual([...asked].toSorted());
  });

  it.each(CONTEXT)("is read as a policy reads it: %s", (name) => {
    expect(readsOf(statedOf(when("permit", `context has ${name}`))).context).toEqual([name]);
  });

  it.each(CONTEXT)("has values that differ only where the name of the answer differs: %s", (name) => {
    const at = { atSeconds: 1_764_000_000 };
    const askers = [
      ASKER,
      { ...ASKER, purpose: "another", ttlSeconds: 61, chain: ["a"], sourceIp: "198.51.100.9", person: PERSON },
      { ...ASKER, conditions: ["incident"] },
      { ...ASKER, person: { ...PERSON, value: "lee" } },
      { ...ASKER, person: PERSON, asks: "person" as const },
      { ...ASKER, person: PERSON, asks: "person" as const, agent: { ...ASKER.agent, owner: "lee" } },
    ];
    const pairs = [
      ...askers.map((asker) => [asker, at] as const),
      [ASKER, { atSeconds: at.atSeconds + 7_200 }] as const,
    ];
    const textOf = (...[asker, situation]: (typeof pairs)[number]) => {
      const context = contextOf(asker, situation);
      if (context.is !== "record") throw new TypeError("the context is a record");
      return text(context.fields.get(name));
    };
    const seen = new Map(pairs.map((pair) => [textOf(...pair), text(factsOf(name, ...pair))]));
    expect(seen.size).toBeGreaterThan(1);
    expect(new Set(seen.values()).size).toBe(seen.size);
  });
});

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, each) =>
    typeof each === "bigint" ? `${each}n` : each instanceof Map ? [...each] : (each ?? null),
  ) ?? "absent";
