import type * as conditions from "../../../contract/conditions.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { ACCOUNT } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

const SCOPE = `account:${ACCOUNT}` as const;
const FREEZE = { scope: SCOPE, seconds: 86_400, reason: "The quarter is closed: nothing is deployed." } as const;

const listing: Arrange = async (world) => ({ route: "GET /v1/conditions", bearer: world.operatorToken() });

const freezing =
  (condition = "change-freeze"): Arrange =>
  async (world) => ({
    route: "POST /v1/conditions/{condition}/tighten",
    bearer: world.operatorToken(),
    path: { condition },
    body: { json: FREEZE },
  });

const rechecking =
  (body: object = { scope: SCOPE }, condition = "change-freeze"): Arrange =>
  async (world) => {
    await new FakeService(world).start();
    return {
      route: "POST /v1/conditions/{condition}/recheck",
      bearer: world.operatorToken(),
      path: { condition },
      body: { json: body },
    };
  };

const lifting =
  (condition = "change-freeze"): Arrange =>
  async (world) => ({
    route: "POST /v1/conditions/{condition}/loosen",
    bearer: world.operatorToken(),
    path: { condition },
    body: { json: { scope: SCOPE, reason: "The quarter is over." } },
  });

/** Arranges the call after the freeze was set. */
const whileFrozen =
  (arrange: Arrange): Arrange =>
  async (world) => {
    await new FakeService(world).operate("POST /v1/conditions/{condition}/tighten", {
      parameters: { condition: "change-freeze" },
      body: FREEZE,
    });
    return arrange(world);
  };

const refusedFor = (arrange: Arrange) => ({
  ...refusedOperators(arrange),
  store_unavailable: whenPort("setConditions", undefined, "store_unavailable", arrange),
});

const LIFTING = whileFrozen(lifting());

/** Calls of the operations on conditions of the world. */
export const CONDITIONS = {
  listConditions: { examples: { set: whileFrozen(listing), none: listing }, refused: refusedFor(listing) },
  tightenCondition: {
    examples: { set: freezing() },
    refused: {
      ...refusedFor(freezing()),
      ...refusedJson(freezing()),
      malformed_request: async (world) => ({ ...(await freezing()(world)), body: { json: { ...FREEZE, seconds: 5 } } }),
      condition_not_found: freezing("no-such"),
      contended: whenPort("setConditions", "set", "contended", freezing()),
    },
  },
  recheckCondition: {
    examples: { tried: rechecking({ scope: SCOPE, dry_run: true }), ended: rechecking() },
    refused: {
      ...refusedFor(rechecking()),
      ...refusedJson(rechecking()),
      condition_not_found: rechecking({ scope: SCOPE }, "no-such"),
      contended: whenPort("tasks", "read", "contended", rechecking()),
    },
  },
  loosenCondition: {
    examples: { lifted: LIFTING, "with-a-vote": voted(LIFTING) },
    refused: {
      ...refusedFor(LIFTING),
      ...refusedJson(LIFTING),
      ...refusedActs(LIFTING),
      condition_not_found: lifting("no-such"),
      contended: whenPort("setConditions", "remove", "contended", LIFTING),
    },
  },
} as const satisfies ArrangementsOf<typeof conditions>;
