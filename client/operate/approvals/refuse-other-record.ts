import { ClientError } from "../../exit-codes.ts";
import type { OperatorApi } from "../operator-api.ts";

/**
 * Refuses the record of another request than the one that was named, or of another hub. A hub may answer with a record that is genuine elsewhere, whose
 * hash is right.
 * @param named id on the command line. @param id the record's own id, from the record alone.
 * @throws {ClientError} refused
 */
export function refuseOtherRecord(named: string, id: unknown, hub: unknown, api: OperatorApi): void {
  const which = id !== named ? "of another request than the one that you named" : "for another deployment of valetkey";
  if (id !== named || hub !== api.url)
    throw new ClientError(
      "refused",
      "record_of_another",
      `the record is ${which}: do not decide about it, and inform the people who run valetkey`,
    );
}
