import { expect, it, vi } from "vitest";
import { PERMISSIONS } from "../../contract/permissions.ts";
import { keyOf, ROUTES } from "../../functions/routes.ts";
import { anAcceptance } from "../fakes/samples/accepted-model.ts";
import { askForApproval } from "../fakes/samples/asked-approval.ts";
import { aConsent, giveConsent } from "../fakes/samples/given-consent.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const OPERATORS = ROUTES.filter((route) => route.caller === "operator");
const BODIES: Readonly<Record<string, unknown>> = {
  "POST /v1/agents": {
    id: "new",
    name: "New",
    owner: "owner@acme.test",
    team: "demo",
    bindings: [{ issuer: "robots", claims: { sub: "agent:new" } }],
  },
  "POST /v1/agents/{agent}": { name: "Other" },
  "POST /v1/agents/{agent}/rehearse": { acts: [{ act: "suspend" }] },
  "POST /v1/agents/{agent}/threat-model": anAcceptance(fakeWorld()).body,
  "POST /v1/approvals/{approval}/decide": { decision: "deny", reason: "not now" },
  "POST /v1/consents": aConsent().body,
  "POST /v1/policies/explain": {
    agent: "demo",
    authorization_details: [{ type: "tool", server: "tickets", tools: ["search"] }],
  },
  "POST /v1/panic": { reason: "an agent ran wild" },
};

/**
 * Further operations that a route evaluates, to leave something out of its answer, or to predict the answer of another
 * route. An explanation evaluates agents' actions too, since it explains them.
 */
const BESIDES: Readonly<Record<string, readonly string[]>> = {
  "POST /v1/policies/explain": ["valetkey:ReadPolicies"],
  "POST /v1/agents/{agent}/rehearse": ["valetkey:SuspendAgent"],
};

const QUERIES: Readonly<Record<string, string>> = { "GET /v1/approvals": "", "GET /v1/consents": "person=staff|pat" };

it.each(OPERATORS.map((route) => [keyOf(route), route] as const))(
  "I1: %s evaluates the operation of its row, and no other",
  async (key, route) => {
    const world = fakeWorld();
    const service = new FakeService(world);
    const held = await service.start();
    world.ports.inventory.add("reports/key");
    const { id: approval } = await askForApproval(world);
    const consent = await giveConsent(service);
    const { policies } = world.ports;
    // One engine serves every world: it is put back as it was.
    const evaluate = vi.spyOn(policies, "evaluate");
    const parameters = { agent: "demo", task: held.id, secret: "reports~key", approval, consent };
    const body = BODIES[key];
    await service.operate(key, {
      parameters,
      query: QUERIES[key] ?? "agent=demo",
      ...(body === undefined ? {} : { body }),
    });
    const evaluated = new Set(evaluate.mock.calls.map(([query]) => query.action.id));
    evaluate.mockRestore();
    const ofPeople = [...evaluated].filter((id) => !(key in BESIDES) || id in PERMISSIONS);
    expect(ofPeople).toEqual(["permission" in route ? route.permission : "none", ...(BESIDES[key] ?? [])]);
  },
);
