import type * as consents from "../../../contract/consents.ts";
import type { RouteKey } from "../../../functions/routes.ts";
import { aConsent, giveConsent, personsToken, withdrawConsent } from "../../fakes/samples/given-consent.ts";
import { votedFor } from "../../fakes/samples/voted-act.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { type FakeWorld, READ_REPORTS } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { personForm } from "../recording/story.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOnceMore } from "../refused/flood.ts";
import { whilePaused } from "../refused/halted.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

type Json = Readonly<Record<string, unknown>>;

const tokenOf = (world: FakeWorld, person = "pat") => personsToken(new FakeService(world), person);

/** Arranges a consent, with a vote for exactly this consent. */
const giving =
  (changed: Json = {}, vote: Json = {}): Arrange =>
  async (world) => {
    const act = aConsent(changed);
    const step_up = { ...votedFor(world, act, { groups: ["support"] }, "pat"), ...vote };
    return { route: "POST /v1/consents", bearer: tokenOf(world), body: { json: { ...act.body, step_up } } };
  };

/** Arranges a call about a consent that its person has given. */
const about =
  (route: RouteKey, person = "pat", id?: string): Arrange =>
  async (world) => {
    const consent = id ?? (await giveConsent(new FakeService(world)));
    return { route, path: { consent }, bearer: tokenOf(world, person) };
  };

const refusedAbout = (route: RouteKey) => {
  const { operator_denied: _, too_many_requests: __, ...refused } = refusedOperators(about(route));
  const denied = about(route, "kim");
  return {
    ...refused,
    operator_denied: denied,
    too_many_requests: refusedOnceMore(denied),
    consent_unknown: async (world: FakeWorld) => ({
      ...(await about(route, "pat", "0".repeat(32))(world)),
      bearer: world.operatorToken(),
    }),
    store_unavailable: whenPort("given", undefined, "store_unavailable", about(route)),
  };
};

const listing: Arrange = async (world) => {
  await giveConsent(new FakeService(world));
  return { route: "GET /v1/consents", bearer: tokenOf(world) };
};
const listingOthers =
  (query: string): Arrange =>
  async (world) => ({ ...(await listing(world)), query: { person: query } });
const { operator_denied: _, too_many_requests: __, ...refusedLists } = refusedOperators(listing);

const READ = "GET /v1/consents/{consent}";
const WITHDRAW = "POST /v1/consents/{consent}/withdraw";

/** Calls of the operations on consents. */
export const CONSENTS = {
  giveConsent: {
    examples: { given: giving() },
    refused: {
      ...refusedOperators(giving()),
      ...refusedJson(giving()),
      intent_invalid: giving({ authorization_details: [] }),
      agent_not_found: async (world) => {
        world.addAgent({ id: "demo", status: "suspended" });
        return giving()(world);
      },
      step_up_required: async (world) => ({ ...(await giving()(world)), body: { json: aConsent().body } }),
      vote_invalid: giving({}, { nonce: "A".repeat(22) }),
      sign_in_used: async (world) => {
        const person = { issuer: "staff", value: "pat" };
        world.ports.ballots.useForAct({ person, signedInAt: world.nowSeconds(), nonce: "of another act" });
        return giving()(world);
      },
      consent_exists: async (world) => {
        await giveConsent(new FakeService(world));
        world.pass(1);
        return giving()(world);
      },
      contended: whenPort("given", "give", "contended", giving()),
    },
  },
  listConsents: {
    examples: { own: listing, paused: whilePaused(listing) },
    refused: {
      ...refusedLists,
      malformed_request: async (world) => ({
        ...(await listingOthers("nobody")(world)),
        bearer: world.operatorToken(),
      }),
      operator_denied: listingOthers("staff|kim"),
      too_many_requests: refusedOnceMore(listingOthers("staff|kim")),
      store_unavailable: whenPort("given", undefined, "store_unavailable", listing),
    },
  },
  readConsent: { examples: { live: about(READ) }, refused: refusedAbout(READ) },
  withdrawConsent: {
    examples: {
      withdrawn: async (world) => {
        const service = new FakeService(world);
        const consent = await giveConsent(service, { authorization_details: READ_REPORTS });
        await service.start(personForm(world, { may_act: undefined }));
        return { route: WITHDRAW, path: { consent }, bearer: tokenOf(world) };
      },
      again: async (world) => {
        const call = await about(WITHDRAW)(world);
        await withdrawConsent(new FakeService(world), call.path?.consent ?? "");
        return call;
      },
    },
    refused: {
      ...refusedAbout(WITHDRAW),
      contended: whenPort("given", "withdraw", "contended", about(WITHDRAW)),
    },
  },
} as const satisfies ArrangementsOf<typeof consents>;
