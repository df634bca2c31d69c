import * as v from "valibot";
import { refusalAnswer } from "./refusal-answers.ts";

const act = v.picklist(["register", "change", "suspend", "resume"]);

/** Schema of acts to rehearse on one agent, in their order. */
export const rehearsal = v.strictObject({
  acts: v.pipe(
    v.array(
      v.strictObject({
        act,
        body: v.exactOptional(
          v.pipe(
            v.record(v.string(), v.unknown()),
            v.description(
              "Body as the route of the act takes it, without a vote. That of `register` names this agent.",
            ),
          ),
        ),
      }),
    ),
    v.minLength(1),
    v.maxLength(4),
  ),
});

/** Schema of the result of a rehearsal. */
export const rehearsedAnswer = v.strictObject({
  acts: v.pipe(
    v.array(
      v.strictObject({
        act,
        takes_vote: v.exactOptional(
          v.pipe(v.boolean(), v.description("True where the act would take the operator's vote, by `stepUp`.")),
        ),
        refused: v.exactOptional(v.pipe(refusalAnswer, v.description("Refusal that the act would get now."))),
      }),
    ),
    v.description("Acts in their order, up to the first that would be refused. Later acts are not judged."),
  ),
});
