import type { Denial } from "../../../contract/refusals.ts";
import type { ResourcePair } from "../intent/pairs.ts";
import { contains, disjoint, type Glob, globFromIam, narrowest } from "../text/glob.ts";
import { queryFor, type Requester } from "./entities.ts";
import { erringForbid } from "./erring-forbid.ts";
import { joinedConditions } from "./join-conditions.ts";
import { type Atom, type Conjunction, normalForm } from "./normal-form.ts";
import type { Option } from "./option.ts";
import type { Policies } from "./query.ts";
import { iamText, literalHead, remainders } from "./remainders.ts";
import { type TagConditions, tagConditions } from "./tag-conditions.ts";
import { weakestWays } from "./weakest-ways.ts";

/** A part of a set that a forbid excludes, as an explicit Deny of the session policy. */
export interface Deny {
  /** Resources in IAM's notation. */
  readonly resources: readonly string[];
  readonly conditions: TagConditions;
}

/** A Deny, and the forbid that it comes from. */
export interface Kept {
  readonly policy: string;
  readonly deny: Deny;
}

/** Decision on a set of resources. */
export interface SetAnswer {
  /** Permits that cover the whole set, each with its conditions on the resources' tags. */
  readonly options: readonly Option[];
  /** Forbids that became Denies. */
  readonly kept: readonly Kept[];
  /** Subsets of the requested set that some permit covers. */
  readonly narrower: readonly string[];
}

type No = Omit<Denial, "action" | "target">;

/**
 * Decides every resource that an ARN names, without knowing their tags (docs/compiler.md). A permit counts where one of
 * its conjunctions holds for the whole set. A forbid that may touch the set becomes a Deny, or refuses the set where
 * IAM cannot express it.
 */
export function decideSet(pair: ResourcePair, requester: Requester, policies: Policies): SetAnswer | No {
  const requested = globFromIam(pair.target);
  const { residuals, errored } = policies.evaluatePartially(
    queryFor(pair, requester, pair.isPattern ? "arn and tags" : "tags"),
  );
  const erring = erringForbid(errored, policies);
  if (erring) return erring;

  const options: Option[] = [];
  const kept: Kept[] = [];
  const narrower: string[] = [];
  for (const { policy, effect, body } of residuals) {
    if (errored.includes(policy)) continue; // an erring permit grants nothing
    const form = normalForm(body, effect, requested);
    if (effect === "permit") {
      // An unclear permit does not count: leaving out a permit can only narrow.
      if (form === "unclear") continue;
      const ways = form.flatMap((each) => waysOf(each, requested, pair));
      if (ways.length > 0) options.push({ policy, conditions: joinedConditions(weakestWays(ways)) });
      narrower.push(...form.flatMap((each) => partOf(each, requested)));
      continue;
    }
    if (form === "unclear") return refuseSet(policy, "has a condition that cannot be decided for a set of resources");
    for (const conjunction of form) {
      const deny = denyOf(conjunction, requested, pair);
      if (typeof deny === "string")
        return deny === "all" ? { reason: "A policy forbids it.", policy } : refuseSet(policy, deny);
      kept.push({ policy, deny });
    }
  }
  return { options, kept, narrower: [...new Set(narrower)] };
}

/**
 * Returns the permit's conditions on tags where its atoms on the ARN hold for the whole set. Empty where they do not
 * hold, or IAM cannot express the conditions.
 */
function waysOf({ must, mustNot }: Conjunction, requested: Glob, pair: ResourcePair): readonly TagConditions[] {
  const covers =
    must.filter(onArn).every(({ glob }) => contains(glob, requested)) &&
    mustNot.filter(onArn).every(({ glob }) => disjoint(glob, requested));
  if (!covers) return [];
  const tags = tagConditions("Allow", must.filter(onTag), mustNot.filter(onTag), pair);
  return tags === undefined ? [] : [tags];
}

/** Returns the subset that a permit covers, where a request could name it: a single glob inside the set. */
function partOf({ must }: Conjunction, requested: Glob): readonly string[] {
  const [part, ...others] = must.filter(onArn);
  if (!part || others.length > 0 || !contains(requested, part.glob)) return [];
  const text = iamText(part.glob);
  // A request cannot name literal wildcards.
  return text.includes("${") ? [] : [text];
}

/** Returns the part of the set that a forbid excludes: "all", a Deny, or why IAM cannot express it. */
function denyOf({ must, mustNot }: Conjunction, requested: Glob, pair: ResourcePair): Deny | "all" | (string & {}) {
  // An atom that holds for the whole set does not limit the forbid.
  const reaching = must.filter(onArn).filter(({ glob }) => !contains(glob, requested));
  // Exceptions outside of the forbid's reach change nothing.
  const reached = [requested, ...reaching.map(({ glob }) => glob)];
  const sparing = mustNot.filter(onArn).filter(({ glob }) => reached.every((each) => !disjoint(glob, each)));
  const isTagged = must.some(onTag) || mustNot.some(onTag);
  if (reaching.length === 0 && sparing.length === 0 && !isTagged) return "all";

  const [reach, ...others] = narrowest(reaching.map(({ glob }) => glob));
  if (others.length > 0) return `forbids ${others.length + 1} overlapping parts of these resources at once`;
  if (sparing.length > 0)
    return `forbids all of these resources but ${sparing.map(({ glob }) => iamText(glob)).join(", ")}`;
  const conditions = tagConditions("Deny", must.filter(onTag), mustNot.filter(onTag), pair);
  if (conditions === undefined) return `reads tags that ${pair.action} cannot be limited by`;
  const resources = reach ? touched(reach, requested) : [pair.target];
  if (resources.some(hasGapInType)) return "forbids a part of these resources for which IAM has no pattern";
  return { resources, conditions };
}

/**
 * Returns the resources of a Deny. Only IAM splits an ARN at its colons, so the glob is matched behind the set's
 * literal head.
 */
function touched(glob: Glob, requested: Glob): readonly string[] {
  const head = literalHead(requested);
  return remainders(glob, head).map((remainder) => `${head}${iamText(remainder)}`);
}

/**
 * True where a wildcard is in the resource's type, before its first slash or colon (`ta*e/orders`). A Deny with such a
 * wildcard might deny nothing.
 * Source: "Incorrect wildcard usage", Amazon Resource Names, IAM User Guide. The ARNs of S3's buckets and objects, and
 * those of deployed APIs, have no type.
 */
const hasGapInType = (resource: string): boolean =>
  /^arn:[^:]*:(?!s3:::|execute-api:)[^:]*:[^:]*:[^:]*:[^/:]*\*[^/:]*[/:]/.test(resource);

const onArn = (atom: Atom): boolean => atom.of === "arn";
const onTag = (atom: Atom): atom is Atom & { readonly of: "tag" } => atom.of === "tag";

const refuseSet = (policy: string, what: string): No => ({
  reason: `The policy ${what}, so they cannot be granted together.`,
  policy,
  hint: "Ask for a set that it does not reach into, or name the resources one by one.",
});
