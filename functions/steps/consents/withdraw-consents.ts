import type { Consent } from "../../core/consents/consent.ts";
import { type Person, personId } from "../../core/identity/person.ts";
import { EMPTY_CHAIN, nextEvent } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import { rootPath } from "../../core/task-path.ts";

type Needs = Pick<Ports, "consents" | "clock" | "random">;

/**
 * Withdraws a consent for good, with its event. A task that is opened from now on is refused in its own transaction.
 * Ends no task.
 * @param by who withdrew it: the person, an operator, an event of the bus.
 * @throws {Refusal} contended, store_unavailable.
 */
export async function withdrawConsent({ id, person, agent }: Consent, by: string, ports: Needs): Promise<void> {
  const facts = { agent, by, on_behalf_of: personId(person), consent: id };
  const path = rootPath(ports.random.bytes(32));
  const event = nextEvent(EMPTY_CHAIN, path, "consent.withdrawn", ports.clock.nowMs(), facts);
  await (await ports.consents()).withdraw({ id, person, agent }, event);
}

/**
 * Withdraws the live consents that a person gave by sign-ins up to a moment. May be repeated; a consent of a later
 * sign-in stays.
 * @param until epoch seconds.
 * @throws {Refusal} contended, store_unavailable.
 */
export async function withdrawConsents(person: Person, until: number, by: string, ports: Needs): Promise<void> {
  const store = await ports.consents();
  for (const { id } of await store.list(person)) {
    const consent = await store.read(id);
    // The sign-in's time counts. A consent that was given after the account was disabled, by an earlier sign-in, ends
    // too.
    if (consent && (consent.signedInAt ?? consent.createdAt) <= until) await withdrawConsent(consent, by, ports);
  }
}
