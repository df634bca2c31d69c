import { LIMITS } from "../../../contract/limits.ts";
import type { Refused } from "../operation.ts";
import type { Arrange, Body, Call } from "../recording/call.ts";

const withBody =
  (arrange: Arrange, body: Body): Arrange =>
  async (world): Promise<Call> => ({ ...(await arrange(world)), body });

/** Refusals that any form can cause. */
export const refusedForms = (arrange: Arrange) =>
  ({
    unsupported_media_type: withBody(arrange, { json: {} }),
    body_too_large: withBody(arrange, { form: { token: "x".repeat(LIMITS.bodyBytes) } }),
    malformed_request: withBody(arrange, {
      mediaType: "application/x-www-form-urlencoded",
      text: "token=1&token=2",
    }),
  }) satisfies Refused;

/** Refusals that any JSON body can cause. */
export const refusedJson = (arrange: Arrange) =>
  ({
    unsupported_media_type: withBody(arrange, { form: {} }),
    body_too_large: withBody(arrange, { json: "x".repeat(LIMITS.bodyBytes) }),
    malformed_request: withBody(arrange, { mediaType: "application/json", text: "{" }),
  }) satisfies Refused;
