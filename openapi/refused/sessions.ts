import type { Refused } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { whenPort } from "./outage.ts";

/** What can happen to anybody for whom STS is asked. */
export const refusedSessions = (arrange: Arrange) =>
  ({
    sts_unavailable: whenPort("sessions", undefined, "sts_unavailable", arrange),
    sts_refused: whenPort("sessions", undefined, "sts_refused", arrange),
  }) satisfies Refused;
