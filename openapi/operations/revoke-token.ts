import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { showToken, startTask } from "../recording/story.ts";
import { refusedForms } from "../refused/body.ts";
import { refusedEndings } from "../refused/holder.ts";
import { whenPort } from "../refused/outage.ts";

const revokingTask: Arrange = async (world) => ({
  route: "POST /v1/revoke",
  body: { form: { token: (await startTask(world)).token } },
});

/** `POST /v1/revoke` */
export const revokeToken: Operation = {
  id: "revokeToken",
  tag: "Tasks",
  description:
    "The holder of a task token ends its task: nothing is issued or renewed for it from then on, and AWS denies its credentials within seconds. The holder of a presentation token ends that token alone. The token is the proof; the `Authorization` header is ignored. An unknown token gets the same answer (RFC 7009, section 2.2), and so is a second time.",
  body: { mediaType: "application/x-www-form-urlencoded", schema: "RevocationRequest" },
  provenInForm: true,
  answer: { status: 200, says: "The token is no longer valid. The body is empty." },
  accepted: {
    "a-task-token": { says: "End a task", arrange: revokingTask },
    "a-presentation-token": {
      says: "End a presentation token",
      arrange: async (world) => ({
        route: "POST /v1/revoke",
        body: { form: { token: await showToken(world, await startTask(world)) } },
      }),
    },
  },
  refused: {
    ...refusedForms(revokingTask),
    ...refusedEndings(revokingTask),
    store_unavailable: whenPort("tasks", "read", "store_unavailable", revokingTask),
  },
};
