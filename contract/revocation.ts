import * as v from "valibot";
import { type Noun, operation } from "./operation.ts";
import { BY_ENDINGS, WITH_BODY } from "./refused-by.ts";

const revokeForm = v.object({
  token: v.pipe(
    v.string(),
    v.minLength(1),
    v.description(
      "A task token, which ends its task, or a presentation or delegation token, which ends that token alone.",
    ),
  ),
});

/** `POST /v1/revoke` */
export const revokeToken = operation({
  id: "revokeToken",
  tag: "Tasks",
  method: "POST",
  path: "/v1/revoke",
  caller: "task",
  function: "tasks",
  summary: "The holder ends its task, or a weaker token (RFC 7009)",
  description:
    "The holder of a task token ends its task: nothing is issued or renewed for it from then on, and AWS denies its credentials within seconds. The holder of a presentation token ends that token alone. The token is the proof; the `Authorization` header is ignored. An unknown token gets the same answer (RFC 7009, section 2.2), and so is a second time.",
  body: { schema: revokeForm, form: true },
  provenInForm: true,
  answer: { status: 200, says: "The token is no longer valid. The body is empty." },
  examples: { "a-task-token": "End a task", "a-presentation-token": "End a presentation token" },
  refuses: [...WITH_BODY, ...BY_ENDINGS, "store_unavailable"],
});

/** Operations of revocations, and their schemas by their names in the document. */
export const REVOCATION = {
  operations: [revokeToken],
  answers: {},
  requests: { RevocationRequest: revokeForm },
} as const satisfies Noun;
