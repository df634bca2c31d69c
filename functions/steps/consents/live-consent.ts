import type { AgentId } from "../../../contract/agent-id.ts";
import { type Consent, sealedConsentOf } from "../../core/consents/consent.ts";
import type { Person } from "../../core/identity/person.ts";
import { isSamePerson } from "../../core/identity/person.ts";
import type { Ports } from "../../core/ports.ts";

/**
 * Finds the person's live consent for the agent. Only the seal proves a consent.
 * @returns undefined where there is no consent, or it has expired, was withdrawn, or has a broken seal; also where it
 * is older than the restore of the table.
 * @throws {Refusal} store_unavailable.
 */
export async function liveConsent(
  person: Person,
  agent: AgentId,
  { deployment, consents, seals, clock, log }: Pick<Ports, "deployment" | "consents" | "seals" | "clock" | "log">,
): Promise<Consent | undefined> {
  const store = await consents();
  const id = (await store.find(person, agent))?.id;
  const consent = id === undefined ? undefined : await store.read(id);
  if (!consent) return undefined;
  if (!(await seals.isGenuine("consent", sealedConsentOf(consent), consent.seal))) {
    log.write({ level: "error", event: "seal_broken", type: "consent", consent: id });
    return undefined;
  }
  // A genuine consent of somebody else, or for another agent, could have been put in this place.
  if (consent.id !== id || consent.agent !== agent || !isSamePerson(consent.person, person)) return undefined;
  // A restored table does not know the withdrawals before the restore.
  if (consent.createdAt <= (deployment.restoredAt ?? Number.NEGATIVE_INFINITY)) return undefined;
  return clock.nowMs() / 1_000 < consent.expiresAt ? consent : undefined;
}
