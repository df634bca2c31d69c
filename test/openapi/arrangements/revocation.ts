import type * as revocation from "../../../contract/revocation.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { showToken, startTask } from "../recording/story.ts";
import { refusedForms } from "../refused/body.ts";
import { refusedEndings } from "../refused/holder.ts";
import { whenPort } from "../refused/outage.ts";

const revokingTask: Arrange = async (world) => ({
  route: "POST /v1/revoke",
  body: { form: { token: (await startTask(world)).token } },
});

const revokingPresentation: Arrange = async (world) => ({
  route: "POST /v1/revoke",
  body: { form: { token: await showToken(world, await startTask(world)) } },
});

/** Calls of the operation on revocations. */
export const REVOCATION = {
  revokeToken: {
    examples: { "a-task-token": revokingTask, "a-presentation-token": revokingPresentation },
    refused: {
      ...refusedForms(revokingTask),
      ...refusedEndings(revokingTask),
      store_unavailable: whenPort("tasks", "read", "store_unavailable", revokingTask),
    },
  },
} as const satisfies ArrangementsOf<typeof revocation>;
