import type { ResourcePair } from "../intent/pairs.ts";
import type { Denial } from "../refusal.ts";
import { queryFor, type Requester } from "./entities.ts";
import { erringForbid } from "./erring-forbid.ts";
import { contains, disjoint, type Glob, globFromIam, narrowest } from "./glob.ts";
import { joinedConditions } from "./join-conditions.ts";
import { type Atom, type Conjunction, normalForm } from "./normal-form.ts";
import type { Option } from "./option.ts";
import type { Policies } from "./query.ts";
import { iamText, literalHead, remainders } from "./remainders.ts";
import { type TagConditions, tagConditions } from "./tag-conditions.ts";
import { weakestWays } from "./weakest-ways.ts";

/** A part of the set that a forbid takes out of it, as an explicit Deny of the session policy. */
export interface Deny {
  /** As IAM writes them. */
  readonly resources: readonly string[];
  readonly conditions: TagConditions;
}

/** A part that is denied, and the forbid that says so. */
export interface Kept {
  readonly policy: string;
  readonly deny: Deny;
}

export interface SetAnswer {
  /** Permits that cover all of the set, each with what it asks of the resources' tags. */
  readonly options: readonly Option[];
  /** Forbids that became Denies. */
  readonly kept: readonly Kept[];
  /** Sets within the asked one that some permit covers. */
  readonly narrower: readonly string[];
}

type No = Omit<Denial, "action" | "target">;

/**
 * What policy says of every resource that the ARN names, tags unknown (docs/compiler.md).
 * A permit counts if one of its conjunctions holds for all of the set; a forbid that may touch the set becomes a Deny, or refuses it.
 */
export function decideSet(pair: ResourcePair, asker: Requester, policies: Policies): SetAnswer | No {
  const requested = globFromIam(pair.target);
  const { residuals, errored } = policies.evaluatePartially(
    queryFor(pair, asker, pair.isPattern ? "arn and tags" : "tags"),
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
      // An unclear permit is no permit: leaving one out can only narrow.
      if (form === "unclear") continue;
      const ways = form.flatMap((each) => waysOf(each, requested, pair));
      if (ways.length > 0) options.push({ policy, conditions: joinedConditions(weakestWays(ways)) });
      narrower.push(...form.flatMap((each) => partOf(each, requested)));
      continue;
    }
    if (form === "unclear")
      return refuseSet(policy, "asks something of these resources that cannot be decided for a set");
    for (const conjunction of form) {
      const deny = denyOf(conjunction, requested, pair);
      if (typeof deny === "string")
        return deny === "all" ? { reason: "A policy forbids it.", policy } : refuseSet(policy, deny);
      kept.push({ policy, deny });
    }
  }
  return { options, kept, narrower: [...new Set(narrower)] };
}

/** What the permit asks of the tags, where it is about all of the set: every atom on the ARN must hold for each member. Else nothing. */
function waysOf({ must, mustNot }: Conjunction, requested: Glob, pair: ResourcePair): readonly TagConditions[] {
  const covers =
    must.filter(onArn).every(({ glob }) => contains(glob, requested)) &&
    mustNot.filter(onArn).every(({ glob }) => disjoint(glob, requested));
  if (!covers) return [];
  const tags = tagConditions("Allow", must.filter(onTag), mustNot.filter(onTag), pair);
  return tags === undefined ? [] : [tags];
}

/** The part of the set that the permit is about, where it can be asked for: one glob inside the set. */
function partOf({ must }: Conjunction, requested: Glob): readonly string[] {
  const [part, ...others] = must.filter(onArn);
  if (!part || others.length > 0 || !contains(requested, part.glob)) return [];
  const text = iamText(part.glob);
  // Literal wildcards cannot be asked for: a request has no way to say them.
  return text.includes("${") ? [] : [text];
}

/** Part of the set that the forbid takes: all, a Deny, or a sentence why it cannot be said in IAM. */
function denyOf({ must, mustNot }: Conjunction, requested: Glob, pair: ResourcePair): Deny | "all" | (string & {}) {
  // What holds for all of the set says nothing about a part of it.
  const reaching = must.filter(onArn).filter(({ glob }) => !contains(glob, requested));
  // What is not in all that it reaches need not be spared.
  const reached = [requested, ...reaching.map(({ glob }) => glob)];
  const sparing = mustNot.filter(onArn).filter(({ glob }) => reached.every((each) => !disjoint(glob, each)));
  const isTagged = must.some(onTag) || mustNot.some(onTag);
  if (reaching.length === 0 && sparing.length === 0 && !isTagged) return "all";

  const [reach, ...others] = narrowest(reaching.map(({ glob }) => glob));
  if (others.length > 0) return `forbids ${others.length + 1} overlapping parts of these resources at once`;
  if (sparing.length > 0)
    return `forbids all of these resources but ${sparing.map(({ glob }) => iamText(glob)).join(", ")}`;
  const conditions = tagConditions("Deny", must.filter(onTag), mustNot.filter(onTag), pair);
  if (conditions === undefined) return `asks for tags that ${pair.action} cannot be limited by`;
  const resources = reach ? touched(reach, requested) : [pair.target];
  if (resources.some(hasGapInType)) return "forbids a part of these resources for which IAM has no pattern";
  return { resources, conditions };
}

/** IAM splits an ARN's head at its colons and Cedar does not: the atom is matched against the set's literal head, and each remainder is denied. */
function touched(glob: Glob, requested: Glob): readonly string[] {
  const head = literalHead(requested);
  return remainders(glob, head).map((remainder) => `${head}${iamText(remainder)}`);
}

/**
 * Whether a gap stands in the type of the resource, before its first slash or colon (`ta*e/orders`): a Deny of it might deny nothing.
 * Source: "Incorrect wildcard usage", Amazon Resource Names, IAM User Guide. The ARNs of S3's buckets and objects have no type.
 */
const hasGapInType = (resource: string): boolean =>
  /^arn:[^:]*:(?!s3:::)[^:]*:[^:]*:[^:]*:[^/:]*\*[^/:]*[/:]/.test(resource);

const onArn = (atom: Atom): boolean => atom.of === "arn";
const onTag = (atom: Atom): atom is Atom & { readonly of: "tag" } => atom.of === "tag";

const refuseSet = (policy: string, what: string): No => ({
  reason: `The policy ${what}, so they cannot be granted together.`,
  policy,
  hint: "Ask for a set that it does not reach into, or name the resources one by one.",
});
