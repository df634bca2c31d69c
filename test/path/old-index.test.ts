import { beforeEach, describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { DynamoAgents } from "../../functions/adapters/dynamodb/identity/dynamo-agents.ts";
import { keys } from "../../functions/adapters/dynamodb/table/dynamo-keys.ts";
import type { DynamoTable } from "../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { type Agent, registrationOf } from "../../functions/core/identity/agent.ts";
import type { BoundAgent } from "../../functions/core/identity/bindings.ts";
import { verifyIdentity } from "../../functions/steps/requests/verify-identity.ts";
import { fakeWorld } from "../fakes/world/world.ts";

const world = fakeWorld();
const { deployment } = world.ports;
const demo = world.ports.agents.agents.get("demo") as Agent;
const [binding] = demo.bindings;
const { issuer = "", claims = {} } = binding ?? {};
const INDEX = nameOf(keys.binding(issuer, claims.sub ?? ""));
const MINUTE = 60_000;

function nameOf({ pk, sk }: { readonly pk: string; readonly sk: string }): string {
  return `${pk}|${sk}`;
}

let now: number;
let reads: string[];
let items: Map<string, object>;
let identify: () => Promise<string>;

const bind = (...bound: readonly BoundAgent[]) => items.set(INDEX, { bound, version: 1 });
const activate = (agent: Agent) =>
  items.set(nameOf(keys.active(agent.id)), { facts: JSON.stringify(registrationOf(agent)) });

beforeEach(() => {
  now = world.ports.clock.nowMs();
  reads = [];
  items = new Map();
  bind({ agent: agentId("demo"), claims });
  activate(demo);
  const get = async (key: Parameters<typeof nameOf>[0]) => {
    reads.push(nameOf(key));
    return items.get(nameOf(key));
  };
  const agents = new DynamoAgents({ get } as unknown as DynamoTable, { [issuer]: "sub" }, () => now);
  const ports = { ...world.ports, agents, clock: { nowMs: () => now } };
  identify = async () => {
    const token = world.agentToken({ iat: Math.floor(now / 1_000), exp: Math.floor(now / 1_000) + 300 });
    try {
      return (await verifyIdentity(token, deployment.audiences.exchange, ports)).agent.id;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  };
});

const readsOfIndex = () => reads.filter((name) => name === INDEX).length;

describe("I1: an index of bindings that is minutes old", () => {
  it("leads to the agent whose registration has the token's binding, without a read of its own", async () => {
    expect(await identify()).toBe("demo");
    now += 14 * MINUTE;
    expect(await identify()).toBe("demo");
    expect(readsOfIndex()).toBe(1);
    // The registration was read again.
    expect(reads.filter((name) => name === nameOf(keys.active(agentId("demo"))))).toHaveLength(2);
  });

  it("is read again after 15 minutes", async () => {
    await identify();
    now += 15 * MINUTE;
    expect(await identify()).toBe("demo");
    expect(readsOfIndex()).toBe(2);
  });

  const next: Agent = { ...demo, id: agentId("next") };
  it.each<[string, () => void]>([
    ["has been given another binding", () => activate({ ...demo, bindings: [{ issuer, claims: { sub: "agent:x" } }] })],
    ["is gone", () => items.delete(nameOf(keys.active(agentId("demo"))))],
    [
      "is suspended",
      () => {
        items.delete(nameOf(keys.active(agentId("demo"))));
        items.set(nameOf(keys.agent(agentId("demo"))), { ...demo, status: "suspended" });
      },
    ],
    ["has ended", () => activate({ ...demo, endsAt: Math.floor(now / 1_000) })],
  ])("leads to nobody where its agent %s: the token is that of whom it is bound to by now", async (_, change) => {
    expect(await identify()).toBe("demo");
    now += 2 * MINUTE;
    change();
    bind({ agent: agentId("next"), claims });
    activate(next);
    expect(await identify()).toBe("next");
    expect(readsOfIndex()).toBe(2);
  });

  it("leads to nobody where nobody is bound any more", async () => {
    await identify();
    now += 2 * MINUTE;
    bind();
    items.delete(nameOf(keys.active(agentId("demo"))));
    expect(await identify()).toBe("agent_unknown");
  });

  it("that two agents are in is read again, and refused as before", async () => {
    bind({ agent: agentId("demo"), claims }, { agent: agentId("next"), claims });
    activate(next);
    expect(await identify()).toBe("agent_ambiguous");
    now += 2 * MINUTE;
    expect(await identify()).toBe("agent_ambiguous");
    expect(readsOfIndex()).toBe(2);
  });

  it("proves nothing by itself: a token is nobody's whose binding the agent's registration no longer has", async () => {
    activate({ ...demo, bindings: [{ issuer, claims: { sub: "agent:x" } }] });
    expect(await identify()).toBe("agent_unknown");
    activate({ ...demo, bindings: [{ issuer: "mesh", claims }] });
    now += 2 * MINUTE;
    expect(await identify()).toBe("agent_unknown");
  });

  it("of less than a minute is used as it is, whoever it leads to", async () => {
    await identify();
    now += MINUTE - 1;
    bind({ agent: agentId("next"), claims });
    expect(await identify()).toBe("demo");
    expect(readsOfIndex()).toBe(1);
  });
});
