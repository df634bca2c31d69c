import * as v from "valibot";
import { FakeService } from "../../fakes/fake-service.ts";
import { type FakeWorld, READ_REPORTS } from "../../fakes/fake-world.ts";
import { aConsent, giveConsent, personsToken, withdrawConsent } from "../../fakes/given-consent.ts";
import { votedFor } from "../../fakes/voted-act.ts";
import type { RouteKey } from "../../functions/routes.ts";
import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { personForm } from "../recording/story.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOnceMore } from "../refused/flood.ts";
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

/** `POST /v1/consents` */
export const giveConsentOperation: Operation = {
  id: "giveConsent",
  tag: "Consents",
  description:
    "Lets an agent act for you, within `authorization_details` and for at most 90 days, where policy permits you `valetkey:GiveConsent` on the agent. Always takes your vote: without `step_up` the answer has the page on which to sign in. A person has one live consent for an agent.",
  body: { mediaType: "application/json", schema: "Consent" },
  answer: { status: 201, says: "The consent, which lives from now on.", schema: "GivenConsent" },
  accepted: { given: { says: "A consent for 30 days", arrange: giving() } },
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

/** `GET /v1/consents` */
export const listConsents: Operation = {
  id: "listConsents",
  tag: "Consents",
  description:
    "Your own live consents; those of another person where policy permits you `valetkey:ReadConsents`. Each has the record that its person signed.",
  query: {
    person: {
      says: "The person, as `issuer|value of the person claim`; you yourself unless given.",
      required: false,
      schema: v.string(),
    },
  },
  answer: { status: 200, says: "The consents, by agent.", schema: "ConsentList" },
  accepted: { own: { says: "One live consent", arrange: listing } },
  refused: {
    ...refusedLists,
    malformed_request: async (world) => ({ ...(await listingOthers("nobody")(world)), bearer: world.operatorToken() }),
    operator_denied: listingOthers("staff|kim"),
    too_many_requests: refusedOnceMore(listingOthers("staff|kim")),
    store_unavailable: whenPort("given", undefined, "store_unavailable", listing),
  },
};

const READ = "GET /v1/consents/{consent}";

/** `GET /v1/consents/{consent}` */
export const readConsent: Operation = {
  id: "readConsent",
  tag: "Consents",
  description:
    "A consent with the record that its person has signed; your own, or another person's where policy permits you `valetkey:ReadConsents` on its agent. Contains no vote's token.",
  answer: { status: 200, says: "The consent as of now.", schema: "GivenConsent" },
  accepted: { live: { says: "A consent that lives", arrange: about(READ) } },
  refused: refusedAbout(READ),
};

const WITHDRAW = "POST /v1/consents/{consent}/withdraw";

/** `POST /v1/consents/{consent}/withdraw` */
export const withdrawConsentOperation: Operation = {
  id: "withdrawConsent",
  tag: "Consents",
  description:
    "Ends a consent for good: your own, or another person's where policy permits you `valetkey:EndConsent` on its agent. Nothing is issued under it from then on, and every task under it ends. May be repeated.",
  answer: { status: 200, says: "The consent, which has ended.", schema: "WithdrawnConsent" },
  accepted: {
    withdrawn: {
      says: "A consent that lived, with a task under it",
      arrange: async (world) => {
        const service = new FakeService(world);
        const consent = await giveConsent(service, { authorization_details: READ_REPORTS });
        await service.start(personForm(world, { may_act: undefined }));
        return { route: WITHDRAW, path: { consent }, bearer: tokenOf(world) };
      },
    },
    again: {
      says: "One that was withdrawn before",
      arrange: async (world) => {
        const call = await about(WITHDRAW)(world);
        await withdrawConsent(new FakeService(world), call.path?.consent ?? "");
        return call;
      },
    },
  },
  refused: {
    ...refusedAbout(WITHDRAW),
    contended: whenPort("given", "withdraw", "contended", about(WITHDRAW)),
  },
};
