import * as v from "valibot";
import { accountId, instant, unwritableSince } from "./fields.ts";
import { REASON_CHARACTERS } from "./limits.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { readableLine } from "./readable-text.ts";
import { BY_OPERATORS, BY_VOTE, WITH_BODY } from "./refused-by.ts";
import { actVote } from "./vote.ts";

/** Schema of the latest panic and the state of the deployment. */
export const panicState = v.strictObject({
  halted: v.pipe(v.boolean(), v.description("True while nothing is issued, renewed or shown to a tool server.")),
  reason: v.exactOptional(v.string()),
  declared_at: v.exactOptional(instant),
  declared_by: v.exactOptional(v.string()),
  lifted_at: v.exactOptional(instant),
  lifted_by: v.exactOptional(v.string()),
  resumes_at: v.exactOptional(v.pipe(instant, v.description("Moment at which vending resumes."))),
  unwritable: v.exactOptional(
    v.pipe(
      v.strictObject({
        since: unwritableSince,
        accounts: v.pipe(v.array(accountId), v.description("Accounts where IAM cannot be written.")),
        last_key_dies_by: v.exactOptional(
          v.pipe(
            instant,
            v.description(
              "Moment by which the last key that was issued until now is dead by any clock, whatever is written to IAM. Absent where there is none.",
            ),
          ),
        ),
      }),
      v.description(
        "Only in the answer to a read, and only where IAM cannot be written: endings there are denied once it can, or the keys die by themselves.",
      ),
    ),
  ),
});

const panicReason = v.strictObject({
  reason: v.pipe(
    readableLine(REASON_CHARACTERS),
    v.description("Reason, which everybody who reads the panic's state sees."),
  ),
});

/** `POST /v1/panic` */
export const declarePanic = operation({
  id: "declarePanic",
  tag: "Operators",
  method: "POST",
  path: "/v1/panic",
  caller: "operator",
  function: "panic",
  permission: "valetkey:Panic",
  stepUp: "never",
  summary: "Halt everything: nothing is issued, and all issued credentials are denied",
  description:
    "Halts everything: nothing is issued, renewed or shown to a tool server, AWS denies every call of the task roles within seconds, and every live task is ended over the next minutes. No deployment is needed. A panic that is already declared stays as it was declared.",
  body: { schema: panicReason },
  answer: { status: 200, says: "Everything is halted.", schema: panicState },
  examples: { declared: "Everything is halted" },
  refuses: [...BY_OPERATORS, ...WITH_BODY, "contended"],
});

/** `POST /v1/panic/lift` */
export const liftPanic = operation({
  id: "liftPanic",
  tag: "Operators",
  method: "POST",
  path: "/v1/panic/lift",
  caller: "operator",
  function: "operate",
  permission: "valetkey:LiftPanic",
  stepUp: "always",
  summary: "Lift the panic: vending begins again a minute later, and older credentials stay dead",
  description:
    "Vending resumes at `resumes_at`, a minute later. Nothing that was issued before works again: keys stay denied, and tasks and tokens are refused as ended. Where `stepUp` is on, the body has the vote; elsewhere it is ignored. Without a declared panic nothing changes.",
  body: { schema: actVote, optional: true },
  answer: { status: 200, says: "The panic, lifted.", schema: panicState },
  examples: {
    lifted: "A panic that was lifted just now",
    "with-a-vote": "The same, with the vote that `stepUp` asks for",
  },
  refuses: [...BY_OPERATORS, ...WITH_BODY, ...BY_VOTE, "contended"],
});

/** `GET /v1/panic` */
export const readPanic = operation({
  id: "readPanic",
  tag: "Operators",
  method: "GET",
  path: "/v1/panic",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ReadPanic",
  stepUp: "never",
  summary: "Read the latest panic, and whether everything is halted",
  description: "State of the deployment: halted or not, and the latest panic if there was one.",
  answer: { status: 200, says: "The state: halted or not.", schema: panicState },
  examples: { halted: "Everything is halted", never: "Nothing was ever halted" },
  refuses: BY_OPERATORS,
});

export interface PanicState extends AnswerOf<typeof readPanic> {}

/** Operations of the panic, and their schemas by their names in the document. */
export const PANIC = {
  operations: [declarePanic, liftPanic, readPanic],
  requests: { PanicReason: panicReason },
  answers: { Panic: panicState },
} as const satisfies Noun;
