import { coversAction } from "./covered-rules.ts";
import { contains, disjoint, type Glob } from "./glob.ts";
import { implies } from "./implied-conditions.ts";
import type { Condition, Rule } from "./merge-statements.ts";
import { readIamText } from "./read-iam-text.ts";
import { literalHead, remainders } from "./remainders.ts";

/**
 * Widens Denies to save characters, without denying anything else that is allowed: `*` for an action, `acme/*pii*` for `acme/a/*pii*` and
 * `acme/b/*pii*`. A wider Deny is used only where every allowed resource that it touches is denied already, under the same or a weaker condition.
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

type IsHarmless = (action: string, resource: string) => boolean;

/** Makes the test that a Deny under the condition denies nothing that these rules allow. */
export function harmlessUnder(condition: Condition, denied: readonly Rule[], allowed: readonly Rule[]): IsHarmless {
  const weaker = denied.filter((each) => implies(condition, each.condition));
  const granted = [...Map.groupBy(allowed, ({ action }) => action)].map(([action, rules]) => ({
    action,
    targets: rules.map(({ resource }) => targetOf(resource)),
    denied: weaker.filter((each) => each.action === action).map((each) => globOf(each.resource)),
  }));
  return (action, resource) => {
    const wide = globOf(resource);
    return granted
      .filter((each) => coversAction(action, each.action))
      .every(({ targets, denied }) =>
        targets.every((target) => shared(wide, target).every((part) => denied.some((glob) => contains(glob, part)))),
      );
  };
}

/** Lists sets that together contain the intersection of the two. */
function shared(wide: Glob, target: Glob): readonly Glob[] {
  if (disjoint(wide, target)) return [];
  if (contains(wide, target)) return [target];
  const head = literalHead(target);
  return remainders(wide, head).map((remainder) => [{ literal: head }, ...remainder]);
}

/** Parses an Allow's resource: an action without a resource type is called on `*` itself. A text that is not parsed counts as any resource. */
const targetOf = (resource: string): Glob =>
  resource === "*" ? [{ literal: "*" }] : (readIamText(resource) ?? ["any"]);

/** Parses a Deny's resource. A text that is not parsed becomes the empty text, so that it covers nothing. */
const globOf = (resource: string): Glob => readIamText(resource) ?? [];

interface Entry {
  readonly actions: readonly string[];
  readonly resource: string;
}

/** Widens the Denies of resources to one pattern; undefined where the pattern does not contain all of them, or would deny something allowed. */
type Widen = (resources: readonly string[], pattern: string) => Entry | undefined;

/** Widens to `*` for all resources; else to one pattern for resources with the same tail behind their first gap, as long as that is harmless. */
function widerResources(denied: readonly Rule[], isHarmless: IsHarmless): readonly Entry[] {
  const entryOf = (resources: readonly string[], pattern: string): Entry => {
    const named = new Set(resources);
    const actions = new Set(denied.filter(({ resource }) => named.has(resource)).map(({ action }) => action));
    return { actions: [...actions], resource: pattern };
  };
  const widen: Widen = (resources, pattern) => {
    const glob = globOf(pattern);
    const entry = entryOf(resources, pattern);
    return resources.every((resource) => contains(glob, globOf(resource))) &&
      entry.actions.every((action) => isHarmless(action, pattern))
      ? entry
      : undefined;
  };
  const resources = [...new Set(denied.map(({ resource }) => resource))].sort();
  const everywhere = widen(resources, "*");
  if (everywhere) return [everywhere];
  const alike = Map.groupBy(resources, (resource) => `${anyHeadOf(resource)}${tailOf(resource)}`);
  return [...alike].flatMap(([pattern, names]) => {
    const whole = widen(names, pattern);
    return whole ? [whole] : runsOf(names, widen).map((run) => entryOf(run, commonPattern(run)));
  });
}

/** Joins neighbours, in the order of the resources' names, for as long as one pattern for them is harmless. */
function runsOf(names: readonly string[], widen: Widen): readonly (readonly string[])[] {
  const runs: (readonly string[])[] = [];
  for (const name of names) {
    const longer = [...(runs.at(-1) ?? []), name];
    if (widen(longer, commonPattern(longer))) runs.splice(-1, 1, longer);
    else runs.push([name]);
  }
  return runs;
}

/** Makes a pattern of the resources' common head and their tail behind the first gap. */
const commonPattern = (resources: readonly string[]): string =>
  resources.reduce((one, other) => `${commonStart(startOf(one), startOf(other))}${tailOf(one)}`);

function commonStart(one: string, other: string): string {
  const length = one.split("").findIndex((character, index) => character !== other[index]);
  return length < 0 ? one : one.slice(0, length);
}

/**
 * Returns the ARN's head that IAM does not read as one text, as wide as it may be: its first five parts, with any region and account, and the
 * resource's type, which may hold no wildcard. The ARNs of S3's buckets and objects have no type.
 */
const anyHeadOf = (resource: string): string =>
  resource.replace(HEAD, "$1").replace(/^(arn:[^:]*:[^:]*):[^:]+:[^:]+:/, "$1:*:*:");
const HEAD = /^(arn:[^:]*:s3:::|(?:[^:]*:){5}(?:[^:/]*[:/])?).*/s;

const startOf = (resource: string): string => resource.split("*", 1).join();
const tailOf = (resource: string): string => resource.slice(startOf(resource).length);

/** Widens actions to `*`, one service, or a common prefix, where that is harmless; else returns the actions themselves. */
function widerActions(actions: readonly string[], resource: string, isHarmless: IsHarmless): readonly string[] {
  const common = actions.reduce(commonStart);
  const service = common.slice(0, common.indexOf(":") + 1);
  const alike = [`${service}*`, ...(actions.length > 1 ? [`${common}*`] : [])];
  const wider = ["*", ...(service === "" ? [] : alike)].find((pattern) => isHarmless(pattern, resource));
  return wider === undefined ? actions : [wider];
}
