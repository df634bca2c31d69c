import type { Lost } from "../../../functions/core/proof/lost-calls.ts";
import type { Converse } from "../../../functions/policy/prove-sessions.ts";
import { callLines } from "./call-lines.ts";

/** Describes calls that permits promise and the session policy does not allow, each with its class. */
export function lostText({ lease, lost }: Converse): string {
  if (lost === "unknown") return `the converse for ${lease}: UNKNOWN, it takes more steps than it may`;
  if (lost.length === 0)
    return `the converse for ${lease}: whatever its permits promise until the fence, the text allows`;
  const calls = lost.flatMap((each) => [
    `    ${each.promised.permit} permits ${each.call.action} on ${each.call.resource}`,
    ...callLines(each.call),
    `      but ${CLASSES[each.by][each.tags]}`,
  ]);
  return [`the converse for ${lease}: not all that its permits promise is allowed`, ...calls].join("\n");
}

/** Classes of lost calls. Source: docs/compiler.md, section 12. */
const CLASSES: Readonly<Record<Lost["by"], Readonly<Record<Lost["tags"], string>>>> = {
  "no Allow": {
    there: "no Allow is met: the permit has another way for such calls, and not all ways are written",
    missing: "no Allow is met: the permit does without a tag that it reads, and an Allow does not",
    untold: "no Allow is met: AWS tells IAM no tags of the resource",
  },
  "a Deny": {
    there: "a Deny is met that reaches further than its forbid",
    missing: "a Deny is met that holds where a tag is missing, too",
    untold: "a Deny is met that holds where AWS tells IAM no tags, too",
  },
};
