import { contains, disjoint, type Glob } from "../text/glob.ts";
import { byHead } from "./by-head.ts";
import { coversAction } from "./covered-rules.ts";
import { implies } from "./implied-conditions.ts";
import type { Condition, Rule } from "./merge-statements.ts";
import { readIamText } from "./read-iam-text.ts";
import { literalHead, remainders } from "./remainders.ts";

/**
 * Widens Denies to save characters, without denying anything else that is allowed. Examples are `*` for an action, or
 * `acme/*pii*` for `acme/a/*pii*` and `acme/b/*pii*`. A wider Deny may touch only those allowed resources that are
 * denied already, under the same or a weaker condition.
 */
export const widerDenies = (denied: readonly Rule[], allowed: readonly Rule[]): readonly Rule[] =>
  [...Map.groupBy(denied, ({ condition }) => JSON.stringify(condition)).values()].flatMap((alike) =>
    alike.slice(0, 1).flatMap(({ condition }) => {
      const isHarmless = harmlessUnder(condition, denied, allowed);
      return widerResources(alike, isHarmless).flatMap(({ actions, resource }) =>
        widerActions(actions, resource, isHarmless).map((action) => ({ action, resource, condition })),
      );
    }),
  );

/** Test of a Deny, by its action and resource. */
export type IsHarmless = (action: string, resource: string) => boolean;

/** Returns the test whether a Deny under the condition denies nothing that these rules allow. */
export function harmlessUnder(condition: Condition, denied: readonly Rule[], allowed: readonly Rule[]): IsHarmless {
  const weaker = Map.groupBy(
    denied.filter((each) => implies(condition, each.condition)),
    ({ action }) => action,
  );
  const byAction = [...Map.groupBy(allowed, ({ action }) => action)].map(([action, rules]) => ({
    action,
    targets: resourcesOf(rules),
    denied: resourcesOf(weaker.get(action) ?? []),
  }));
  // Actions with the same targets and Denies are alike. In a long intent most actions are.
  const alike = Map.groupBy(byAction, ({ targets, denied }) => JSON.stringify([targets, denied]));
  const granted = [...alike.values()].flatMap((own) =>
    own.slice(0, 1).map(({ targets, denied }) => {
      const sets = targets.map(targetOf);
      const deniedFrom = byHead(denied.map(globOf), literalHead);
      const isDenied = (part: Glob) => deniedFrom(literalHead(part)).some((glob) => contains(glob, part));
      const leftOf = (wide: Glob) => sets.every((target) => shared(wide, target).every(isDenied));
      return { actions: own.map(({ action }) => action), isLeft: remembered(leftOf) };
    }),
  );
  return (action, resource) =>
    granted.every(({ actions, isLeft }) => !actions.some((each) => coversAction(action, each)) || isLeft(resource));
}

const resourcesOf = (rules: readonly Rule[]): readonly string[] => [...new Set(rules.map(({ resource }) => resource))];

/** Caches the answers by resource, since several actions need the same ones. */
function remembered(ask: (wide: Glob) => boolean): (resource: string) => boolean {
  const known = new Map<string, boolean>();
  return (resource) => {
    const answer = known.get(resource) ?? ask(globOf(resource));
    known.set(resource, answer);
    return answer;
  };
}

/** Returns sets that together contain the intersection of the two. */
function shared(wide: Glob, target: Glob): readonly Glob[] {
  if (disjoint(wide, target)) return [];
  if (contains(wide, target)) return [target];
  const head = literalHead(target);
  return remainders(wide, head).map((remainder) => [{ literal: head }, ...remainder]);
}

/**
 * Parses an Allow's resource. An action without a resource type is called on `*` itself. A text that cannot be parsed
 * counts as any resource.
 */
export const targetOf = (resource: string): Glob =>
  resource === "*" ? [{ literal: "*" }] : (readIamText(resource) ?? ["any"]);

/** Parses a Deny's resource. A text that cannot be parsed becomes the empty text, which covers nothing. */
export const globOf = (resource: string): Glob => readIamText(resource) ?? [];

interface Entry {
  readonly actions: readonly string[];
  readonly resource: string;
}

/**
 * Joins entries to one pattern. Undefined where the pattern does not contain all of them, or would deny something
 * allowed.
 */
type Widen = (entries: readonly Entry[], pattern: string) => Entry | undefined;

/**
 * Widens to `*` for all resources where that is harmless. Else widens resources with the same tail behind their first
 * gap to one pattern, as far as that is harmless.
 */
function widerResources(denied: readonly Rule[], isHarmless: IsHarmless): readonly Entry[] {
  const widen: Widen = (entries, pattern) => {
    const glob = globOf(pattern);
    const actions = [...new Set(entries.flatMap((each) => each.actions))];
    return entries.every(({ resource }) => contains(glob, globOf(resource))) &&
      actions.every((action) => isHarmless(action, pattern))
      ? { actions, resource: pattern }
      : undefined;
  };
  const entries = [...Map.groupBy(denied, ({ resource }) => resource)]
    .map(([resource, rules]): Entry => ({ resource, actions: [...new Set(rules.map(({ action }) => action))] }))
    .sort((a, b) => (a.resource < b.resource ? -1 : 1));
  const everywhere = widen(entries, "*");
  if (everywhere) return [everywhere];
  const alike = Map.groupBy(entries, ({ resource }) => `${anyHeadOf(resource)}${tailOf(resource)}`);
  return [...alike].flatMap(([pattern, own]) => {
    const whole = widen(own, pattern);
    return whole ? [whole] : runsOf(own, widen);
  });
}

/** Joins neighbours, in the order of the resources' names, while one pattern for them is harmless. */
function runsOf(entries: readonly Entry[], widen: Widen): readonly Entry[] {
  const runs: Entry[] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    const longer = run && widen([run, entry], commonPattern(run.resource, entry.resource));
    if (longer) runs.splice(-1, 1, longer);
    else runs.push(entry);
  }
  return runs;
}

/** Returns a pattern of the resources' common head and their tail behind the first gap. */
const commonPattern = (one: string, other: string): string =>
  `${commonStart(startOf(one), startOf(other))}${tailOf(one)}`;

function commonStart(one: string, other: string): string {
  const length = one.split("").findIndex((character, index) => character !== other[index]);
  return length < 0 ? one : one.slice(0, length);
}

/**
 * Returns the widened head of an ARN, of which IAM does not read the parts as one text. The head has five parts, with
 * any Region and account, and the resource's type. The type may hold no wildcard. The ARNs of S3's buckets and objects
 * have no type.
 */
const anyHeadOf = (resource: string): string =>
  resource.replace(HEAD, "$1").replace(/^(arn:[^:]*:[^:]*):[^:]+:[^:]+:/, "$1:*:*:");
const HEAD = /^(arn:[^:]*:s3:::|(?:[^:]*:){5}(?:[^:/]*[:/])?).*/s;

const startOf = (resource: string): string => resource.split("*", 1).join();
const tailOf = (resource: string): string => resource.slice(startOf(resource).length);

/**
 * Widens actions to `*`, one service, or a common prefix, where that is harmless. Else returns the actions themselves.
 */
function widerActions(actions: readonly string[], resource: string, isHarmless: IsHarmless): readonly string[] {
  const common = actions.reduce(commonStart);
  const service = common.slice(0, common.indexOf(":") + 1);
  const alike = [`${service}*`, ...(actions.length > 1 ? [`${common}*`] : [])];
  const wider = ["*", ...(service === "" ? [] : alike)].find((pattern) => isHarmless(pattern, resource));
  return wider === undefined ? actions : [wider];
}
