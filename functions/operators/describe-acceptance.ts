import type { AcceptedThreatModel } from "../../contract/threat-models.ts";
import { actHash } from "../core/approvals/act-record.ts";
import { personId } from "../core/identity/person.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { Acceptance } from "../core/threat/acceptance.ts";

/**
 * Describes an acceptance with the record that its person has signed, and never with the vote's token.
 * @param isCovering true where the acceptance covers the deployed model.
 */
export const describeAcceptance = (acceptance: Acceptance, isCovering: boolean): AcceptedThreatModel => ({
  id: acceptance.id,
  agent: acceptance.agent,
  person: personId(acceptance.person),
  accepted_at: isoSeconds(acceptance.acceptedAt),
  covers: isCovering,
  model: acceptance.model,
  hash: actHash(acceptance.act),
  record: { ...acceptance.act },
});
