import type { GivenConsent } from "../../../contract/consents.ts";
import { actHash } from "../../core/approvals/act-record.ts";
import type { Consent } from "../../core/consents/consent.ts";
import { personId } from "../../core/identity/person.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { describeDetails } from "../tasks/describe-details.ts";

/**
 * Describes a consent with the record that its person has signed, and never with the vote's token.
 * @param usedAt time at which a task was last opened or prolonged under it; epoch seconds.
 */
export const describeConsent = (consent: Consent, status: GivenConsent["status"], usedAt?: number): GivenConsent => ({
  id: consent.id,
  status,
  person: personId(consent.person),
  agent: consent.agent,
  purpose: consent.purpose,
  authorization_details: describeDetails(consent.details),
  created_at: isoSeconds(consent.createdAt),
  expires_at: isoSeconds(consent.expiresAt),
  ...(usedAt === undefined ? {} : { last_used_at: isoSeconds(usedAt) }),
  hash: actHash(consent.act),
  record: { ...consent.act },
});
