import type { Denial } from "../../../contract/refusals.ts";
import type { ListedType } from "../intent/listed-types.ts";
import type { Pair } from "../intent/pairs.ts";
import { disjoint, globFromIam } from "../text/glob.ts";
import type { Deny, Kept } from "./decide-set.ts";
import type { Option } from "./option.ts";
import { readIamText } from "./read-iam-text.ts";
import type { TagConditions } from "./tag-conditions.ts";

/** Refusal of a set because of the call that names none of its resources, with targets to request instead. */
interface Refused {
  readonly no: Omit<Denial, "action" | "target">;
  readonly narrower: readonly string[];
}

/**
 * Denies the call that names none of a set's resources, where a forbid applies to some of them. The response of such a
 * call holds all of the resources. IAM evaluates the call on the type's ARN with a star as the name (`db:*`), or with
 * nothing. A Deny of `db:prod` does not hold there. A pair of `"*"` requests that very call, and is refused instead.
 * @param chosen the permit that decides.
 * @param kept forbids that became Denies.
 */
export function denyUnnamed(pair: Pair, chosen: Option, kept: readonly Kept[]): readonly Deny[] | Refused {
  if (pair.kind !== "resource" || pair.listed === undefined) return [];
  // IAM has no tags for a call that names no resource.
  const isAllowed = chosen.conditions.some((way) => Object.keys(way).length === 0);
  if (!isAllowed) return pair.wantsAll ? { no: BY_TAGS, narrower: [pair.target] } : [];
  const hiding = kept.filter(({ deny }) => pair.listed?.some((type) => touches(deny, type)));
  const [first] = hiding;
  if (first === undefined) return [];
  if (pair.wantsAll) return { no: { ...FORBIDDEN, policy: first.policy }, narrower: [pair.target] };
  if (hiding.some(({ deny }) => deny.resources.includes(pair.target) && holdsWithoutTags(deny.conditions))) return [];
  const touched = pair.listed.filter((type) => hiding.some(({ deny }) => touches(deny, type)));
  return [{ resources: [...new Set(touched.flatMap(({ evaluated }) => evaluated))], conditions: {} }];
}

/** True where a Deny covers a resource of the type. A text that cannot be parsed may cover any. */
const touches = ({ resources }: Deny, { head, without }: ListedType): boolean =>
  resources.some((resource) => {
    const isName =
      !resource.startsWith(head) || ![...without].some((each) => resource.slice(head.length).includes(each));
    return isName && !disjoint(readIamText(resource) ?? ["any"], globFromIam(`${head}*`));
  });

/** True where conditions hold for a resource whose tags IAM does not have. */
const holdsWithoutTags = (conditions: TagConditions): boolean =>
  Object.keys(conditions).every((operator) => /IfExists$|^StringNot/.test(operator));

const FORBIDDEN = {
  reason: "A call that names no resource returns all of these, and a policy forbids some of them.",
  hint: "Ask for the ARNs of what is needed, or with mode=narrow for all that no policy forbids, named one by one.",
} as const;

const BY_TAGS = {
  reason: "Policy permits this by the resources' tags, and a call that names no resource has none.",
  hint: "Ask for the ARNs of what is needed, or with mode=narrow for all that policy permits, named one by one.",
} as const;
