import type { GivenConsent } from "../../../contract/consents.ts";
import { actId } from "../../core/approvals/act-record.ts";
import { type Consent, DAY_SECONDS, sealedConsentOf } from "../../core/consents/consent.ts";
import { isActive } from "../../core/identity/agent.ts";
import { EMPTY_CHAIN, nextEvent } from "../../core/journal/event.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { rootPath } from "../../core/task-path.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import { operation } from "../../operators/operation.ts";
import { readActBody, votedAct } from "../../operators/step-up.ts";
import { describeConsent } from "../../steps/consents/describe-consent.ts";
import { liveConsent } from "../../steps/consents/live-consent.ts";
import { authoriseOperation } from "../../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../../steps/requests/verify-operator.ts";
import { parseConsent } from "./parse-consent.ts";

/**
 * Answers `POST /v1/consents`: a person lets an agent act for them. The person signs by an ID token whose nonce is the hash of exactly this consent. The
 * exchange verifies the token by the keys that the person's issuer publishes now, and seals the consent. No other function can make one.
 */
export const giveConsent = (event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> =>
  operation<GivenConsent>(
    event,
    ports,
    async (operator) => {
      const requested = parseConsent(readActBody(event), ports);
      const agent = await ports.agents.read(requested.agent);
      await authoriseOperation(operator, "valetkey:GiveConsent", agent ?? "deployment", ports);
      if (!agent || !isActive(agent, ports.clock.nowMs() / 1_000))
        throw new Refusal("agent_not_found", { say: "No active agent has this id." });
      refuseOtherPeople(operator, ports);
      // Refused before the person signs in, as a courtesy: the transaction decides.
      if (await liveConsent(operator.person, agent.id, ports)) throw new Refusal("consent_exists");
      const voted = await votedAct(operator, event, "POST /v1/consents", ports, ports.codes);

      const { record: act, signIn, facts } = voted;
      const createdAt = Math.floor(ports.clock.nowMs() / 1_000);
      const consent: Consent = {
        id: actId(signIn.nonce),
        person: operator.person,
        agent: agent.id,
        purpose: requested.purpose,
        details: requested.details,
        createdAt,
        expiresAt: createdAt + requested.days * DAY_SECONDS,
        signedInAt: signIn.signedInAt,
        act,
        vote: facts.step_up.vote_sha256,
      };
      const given = nextEvent(EMPTY_CHAIN, rootPath(ports.random.bytes(32)), "consent.given", ports.clock.nowMs(), {
        agent: agent.id,
        by: operator.id,
        on_behalf_of: operator.id,
        consent: consent.id,
        purpose: consent.purpose,
        details: consent.details,
        expires_at: consent.expiresAt,
        ...facts,
      });
      const seal = await ports.recordKey.seal("consent", sealedConsentOf(consent));
      await (await ports.consents()).give({ ...consent, seal }, signIn, given);
      return describeConsent(consent, "live");
    },
    201,
  );

/** Refuses people of an issuer for whose people no agent acts: their consent would have no effect. @throws {Refusal} operator_denied. */
function refuseOtherPeople({ person }: OperatorIdentity, { deployment }: Pick<SealingPorts, "deployment">): void {
  if (deployment.issuers.some(({ name, onBehalf }) => name === person.issuer && onBehalf)) return;
  throw new Refusal("operator_denied", {
    say: 'Agents act for no people of your issuer, unless it has "onBehalf": true in valetkey.json.',
    why: "not_on_behalf",
  });
}
