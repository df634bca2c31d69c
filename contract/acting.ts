import * as v from "valibot";
import { agentId, personName } from "./fields.ts";

export type ActorOf = { sub: string; act?: ActorOf | undefined };

/** Schema of `act` (RFC 8693, section 4.1): the current actor is the outermost. */
export const actorAnswer: v.GenericSchema<ActorOf> = v.strictObject({
  sub: agentId,
  act: v.exactOptional(v.lazy(() => actorAnswer)),
});

/** Fields of a task for somebody: the person or agent on whose behalf it works, and the agent that acts. */
export const actingEntries = {
  sub: v.exactOptional(
    v.pipe(
      v.union([agentId, personName]),
      v.description("Person for whom the task works, as `issuer|person`, or else the agent at the root."),
    ),
  ),
  act: v.exactOptional(actorAnswer),
} as const;
