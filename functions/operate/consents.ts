import type { ConsentList, GivenConsent, WithdrawnConsent } from "../../contract/consents.ts";
import type { PermissionName } from "../../contract/permissions.ts";
import { CONSENT_ID, type Consent, type LiveConsent } from "../core/consents/consent.ts";
import { isSamePerson, type Person, personId, personNamed } from "../core/identity/person.ts";
import type { PersonsTask } from "../core/identity/persons-task.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { livePauseFor } from "../operators/live-pauses.ts";
import { operation } from "../operators/operation.ts";
import { describeConsent } from "../steps/consents/describe-consent.ts";
import { withdrawConsent } from "../steps/consents/withdraw-consents.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { endTasksFor } from "../steps/tasks/end-tasks-for.ts";

/** Answers `GET /v1/consents?person=` with the live consents of the caller, or of another person, where policy permits that. */
export const listConsents = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<ConsentList>(event, ports, async (operator) => {
    const person = await requestedPerson(
      operator,
      new URLSearchParams(event.rawQueryString ?? "").get("person"),
      ports,
    );
    const store = await ports.consents();
    const nowSeconds = ports.clock.nowMs() / 1_000;
    const consents = await Promise.all(
      (await store.list(person)).map(async (entry) => ({ entry, consent: await store.read(entry.id) })),
    );
    const live = consents.flatMap(({ entry, consent }) =>
      consent && nowSeconds < consent.expiresAt ? [{ entry, consent }] : [],
    );
    const sorted = live.toSorted((one, other) => (one.consent.agent < other.consent.agent ? -1 : 1));
    return {
      consents: await Promise.all(sorted.map(({ entry, consent }) => describeLive(consent, entry, ports))),
    };
  });

/** Answers `GET /v1/consents/{consent}`. */
export const readConsent = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<GivenConsent>(event, ports, async (operator) => {
    const consent = await requestedConsent(operator, "valetkey:ReadConsents", event, ports);
    const entry = await (await ports.consents()).find(consent.person, consent.agent);
    const isLive = entry?.id === consent.id && ports.clock.nowMs() / 1_000 < consent.expiresAt;
    return isLive ? describeLive(consent, entry, ports) : describeConsent(consent, "ended");
  });

/** Describes a live consent, with the pause of its agent for its person. @throws {Refusal} store_unavailable. */
async function describeLive(consent: Consent, { usedAt }: LiveConsent, ports: Ports): Promise<GivenConsent> {
  const pause = await livePauseFor(consent.agent, personId(consent.person), ports, ports.clock.nowMs() / 1_000);
  const paused = pause && { by: pause.by, until: isoSeconds(pause.until) };
  return describeConsent(consent, "live", { usedAt, paused });
}

/**
 * Answers `POST /v1/consents/{consent}/withdraw`: the consent ends for good, and so does every task under it (B4). May be repeated; a repeat ends the tasks
 * that are left. The body is ignored.
 */
export const endConsent = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<WithdrawnConsent>(event, ports, async (operator) => {
    const consent = await requestedConsent(operator, "valetkey:EndConsent", event, ports);
    // The withdrawal comes first. A task that is opened after it is refused in its own transaction; the others are in the list.
    await withdrawConsent(consent, operator.id, ports);
    const isUnder = (task: PersonsTask): boolean => task.consent === consent.id;
    const { ended } = await endTasksFor(consent.person, operator.id, ports, { only: isUnder });
    return { ...describeConsent(consent, "ended"), ended_tasks: ended.length, ended };
  });

/** Returns the person whose consents the request names. @throws {Refusal} malformed_request, operator_denied. */
async function requestedPerson(operator: OperatorIdentity, named: string | null, ports: Ports): Promise<Person> {
  if (named === null || named === operator.id) return operator.person;
  await authoriseOperation(operator, "valetkey:ReadConsents", "deployment", ports);
  const person = personNamed(named, ports.deployment.issuers);
  if (!person) throw new Refusal("malformed_request", { say: "person must be issuer|value, of a people's issuer." });
  return person;
}

/**
 * Returns the consent if it is the caller's own, or if policy permits the operation on its agent. Nobody else learns that it exists.
 * @throws {Refusal} operator_denied, consent_unknown.
 */
async function requestedConsent(
  operator: OperatorIdentity,
  name: PermissionName,
  event: HttpEvent,
  ports: Ports,
): Promise<Consent> {
  const id = event.pathParameters?.consent ?? "";
  const consent = CONSENT_ID.test(id) ? await (await ports.consents()).read(id) : undefined;
  if (consent && isSamePerson(consent.person, operator.person)) return consent;
  const agent = consent && (await ports.agents.record(consent.agent));
  await authoriseOperation(operator, name, agent ?? "deployment", ports);
  if (!consent) throw new Refusal("consent_unknown");
  return consent;
}
