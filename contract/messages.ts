import * as v from "valibot";
import { agentId, approvalId, instant } from "./fields.ts";
import { STANDING_LIMITS } from "./limits.ts";
import type { Frozen } from "./operation.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const epochSeconds = v.pipe(v.number(), v.integer(), v.minValue(0));

const request = v.strictObject({
  id: approvalId,
  url: v.pipe(v.string(), v.description("Page of the request.")),
  needed: v.pipe(v.string(), v.description("Votes that it needs, as policy writes them: `sre=2,security`.")),
  purpose: v.pipe(v.string(), v.description("Text of the agent. It proves nothing.")),
  expires_at: v.pipe(epochSeconds, v.description("End of the request, or of the standing approval; epoch seconds.")),
  reminder: v.pipe(v.boolean(), v.description("True for the one reminder of a request.")),
  standing: v.exactOptional(
    v.pipe(
      v.strictObject({
        uses: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(STANDING_LIMITS.uses)),
        window: v.pipe(v.number(), v.integer(), v.minValue(3_600), v.maxValue(STANDING_LIMITS.window)),
      }),
      v.description(
        "Terms of a standing approval: its uses, and its window in seconds. Absent where it is for one task.",
      ),
    ),
  ),
  use: v.exactOptional(
    v.pipe(count, v.description("Number of the use that the message is about. Absent for a request that waits.")),
  ),
});

const notification = v.strictObject({
  agent: v.strictObject({ id: agentId, name: v.string(), owner: v.string(), team: v.string() }),
  requests: v.pipe(v.array(request), v.minLength(1), v.description("Requests of the agent, five at most.")),
  more: v.pipe(count, v.description("Number of requests beyond those that are listed.")),
  url: v.pipe(v.string(), v.description("Page that lists all of them.")),
});

/** Types of a webhook's messages. */
export const MESSAGE_TYPES = ["approval.requested", "approval.used"] as const;

/** Schema of the body that a channel of kind `webhook` gets: about requests of one agent. */
export const webhookMessage = v.strictObject({
  type: v.pipe(
    v.picklist(MESSAGE_TYPES),
    v.description("`approval.used` where every request in it is a use; `approval.requested` otherwise."),
  ),
  timestamp: v.pipe(instant, v.description("Time of the attempt.")),
  data: notification,
});

export interface WebhookMessage extends Frozen<v.InferOutput<typeof webhookMessage>> {}
export interface Notification extends Frozen<v.InferOutput<typeof notification>> {}
