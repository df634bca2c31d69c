import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { type Unread, unreadIn } from "../../core/proof/unread.ts";

/** Condition whose result in Cedar the validator of session policies cannot compute. */
export interface Unprovable {
  /** Pattern of its place in the policy's text. */
  readonly place: RegExp;
  readonly sentence: string;
}

/** Finds conditions with which the proof of a session may be `unknown`, which refuses the session. Calls functions/core/proof. Reports each fault once. */
export function unprovable(json: cedar.PolicyJson): readonly Unprovable[] {
  const found = new Map(unreadIn({ json }).map((each) => [faultOf(each), placeOf(each)]));
  return [...found].map(([fault, place]) => ({
    place,
    sentence: `${fault}, and a session that depends on it is refused`,
  }));
}

const BEYOND = /\d{16,}/;

const placeOf = ({ operator }: Unread): RegExp =>
  operator === "Value" ? BEYOND : new RegExp(operator.replace(/[^\w]/g, "\\$&"));

function faultOf({ operator }: Unread): string {
  switch (operator) {
    case "Value":
      return "the validator cannot read a number beyond 2^53; write a smaller one";
    case "==":
    case "!=":
    case "contains":
    case "containsAll":
    case "containsAny":
      return `\`${operator}\` compares two texts that are open until the call, of which the validator cannot tell; compare each with a text that is written out`;
    case "ip":
      return "the validator cannot read an address from a text of the resource; use `context.sourceIp`";
    case "datetime":
    case "duration":
      return `the validator cannot read \`${operator}\`; use \`context.time.hour\`, \`context.time.weekday\` and @maxTtl`;
    case "decimal":
      return "the validator cannot read `decimal`; compare whole numbers, or texts";
    default:
      return `the validator cannot read \`${operator}\`; use ==, like, in, has, contains or a comparison of whole numbers`;
  }
}
