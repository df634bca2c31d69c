import type { Answer, Call, Objection } from "../../../functions/core/proof/question.ts";
import type { ProvenSession } from "../../../functions/policy/prove-sessions.ts";
import { callLines, instant } from "./call-lines.ts";

/** Describes the verdict on a session policy. */
export function proofText({ lease, fenceAt, policies, proof, elsewhereSpelled }: ProvenSession): string {
  const fence = instant(fenceAt);
  switch (proof.verdict) {
    case "proven":
      return [
        `proof of ${lease}: PROVEN`,
        `    Whatever this text allows, ${policies === 1 ? "the one policy permits" : `the ${policies} policies permit`}: each action, resource, tag and account,`,
        `    at each moment and from each address. From ${fence} on it allows nothing.`,
        ...(elsewhereSpelled ? spellingLines(elsewhereSpelled) : []),
      ].join("\n");
    case "counterexample":
      return [`proof of ${lease}: COUNTEREXAMPLE, so it would not be handed out`, ...violationLines(proof.call)].join(
        "\n",
      );
    case "unknown":
      return `proof of ${lease}: UNKNOWN, so it would not be handed out\n    ${WHY_UNKNOWN[proof.why]}`;
  }
}

/** Describes the verdict in one line. */
export function proofSentence(session: ProvenSession): string {
  const [verdict, ...why] = proofText(session).split(/\n */);
  return `${verdict}: ${why.join(" ")}`;
}

const WHY_UNKNOWN = {
  budget: "The proof takes more steps than it may. Ask for fewer resources with gaps, or write forbids with fewer.",
  text: "The session policy holds an element that the validator does not read.",
  action: "The session policy names an action that the catalogue does not know.",
  policy:
    "A policy compares what the validator cannot: dates, decimals, all tags at once, or two texts of the resource.",
} as const satisfies Record<Extract<Answer, { verdict: "unknown" }>["why"], string>;

/** Describes the consequence of a resource's tags with names in another case, which IAM ignores and policies do not. */
const spellingLines = (call: Call): readonly string[] => [
  "    Assumed: tags have the names that policies write, in their case. Should one differ (`Team` for `team`),",
  ...violationLines(call),
];

/** Describes a call: what the text allows, and the objection to it. */
const violationLines = ({ objection, ...call }: Call): readonly string[] => [
  `    the text allows ${call.action} on ${call.askedAs ?? call.resource}`,
  ...(call.askedAs ? [`      which answers with ${call.resource}, too`] : []),
  ...callLines(call),
  `      but ${butWhy(objection)}`,
];

function butWhy(objection: Objection): string {
  if (typeof objection === "object") return `${objection.forbid} forbids it`;
  switch (objection) {
    case "no permit":
      return "no policy permits it";
    case "beyond the intent":
      return "nobody asked for it";
    case "beyond the ceiling of the token":
      return "the person's token does not allow it";
    case "beyond the ceiling of the consent":
      return "the person's consent does not include it";
    case "beyond the delegation":
      return "the delegation does not include it";
    case "no task may do it":
      return "no task may do it there, whatever policy permits";
    case "after the fence":
      return "nothing may be allowed then";
    case "beyond the task above":
      return "the task above is not allowed it";
  }
}
