import { coversAction } from "./covered-rules.ts";
import { contains, disjoint, type Glob } from "./glob.ts";
import { implies } from "./implied-conditions.ts";
import type { Condition, Rule } from "./merge-statements.ts";
import { readIamText } from "./read-iam-text.ts";
import { literalHead, remainders } from "./remainders.ts";

/**
 * Denies that cover the given ones in fewer characters and deny nothing besides that is allowed: `*` for an action, `acme/*pii*` for `acme/a/*pii*` and
 * `acme/b/*pii*`. A wider Deny is taken only where all that it touches of what is allowed is denied already, under the same condition or a weaker one.
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

/** Tells of a Deny under the condition whether it denies nothing that is allowed now. */
function harmlessUnder(condition: Condition, denied: readonly Rule[], allowed: readonly Rule[]): IsHarmless {
  const weaker = denied.filter((each) => implies(condition, each.condition));
  const granted = allowed.map(({ action, resource }) => ({
    target: targetOf(resource),
    denied: weaker.filter((each) => each.action === action).map((each) => globOf(each.resource)),
    action,
  }));
  return (action, resource) => {
    const wide = globOf(resource);
    return granted.every(
      (each) =>
        !coversAction(action, each.action) ||
        shared(wide, each.target).every((part) => each.denied.some((glob) => contains(glob, part))),
    );
  };
}

/** Sets that together hold all that the two have in common. */
function shared(wide: Glob, target: Glob): readonly Glob[] {
  if (disjoint(wide, target)) return [];
  if (contains(wide, target)) return [target];
  const head = literalHead(target);
  return remainders(wide, head).map((remainder) => [{ literal: head }, ...remainder]);
}

/** Calls that an Allow covers: an action without a resource type is called on `*` itself. What is not read here may be anything. */
const targetOf = (resource: string): Glob =>
  resource === "*" ? [{ literal: "*" }] : (readIamText(resource) ?? ["any"]);

/** Texts of a Deny. A part that is not read here is the empty text, so that it covers nothing. */
const globOf = (resource: string): Glob => readIamText(resource) ?? [];

interface Entry {
  readonly actions: readonly string[];
  readonly resource: string;
}

/** The Deny of all that is denied on these resources on the wider pattern, or nothing where that would not hold them all, or deny what is allowed. */
type Widen = (resources: readonly string[], pattern: string) => Entry | undefined;

/** `*` for all of the resources; else one pattern for those that go on alike behind their first gap, as long as that is harmless. */
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

/** Neighbours in the order of the resources' names are joined for as long as one pattern for them is harmless. */
function runsOf(names: readonly string[], widen: Widen): readonly (readonly string[])[] {
  const runs: (readonly string[])[] = [];
  for (const name of names) {
    const longer = [...(runs.at(-1) ?? []), name];
    if (widen(longer, commonPattern(longer))) runs.splice(-1, 1, longer);
    else runs.push([name]);
  }
  return runs;
}

/** Common head of all resources, then what they go on with behind their first gap. */
const commonPattern = (resources: readonly string[]): string =>
  resources.reduce((one, other) => `${commonStart(startOf(one), startOf(other))}${tailOf(one)}`);

function commonStart(one: string, other: string): string {
  const length = one.split("").findIndex((character, index) => character !== other[index]);
  return length < 0 ? one : one.slice(0, length);
}

/**
 * As far as IAM does not read an ARN as one text, written as wide as it may be: its first five parts, of which region and account may be any, and the
 * type of the resource, in which no gap may stand. The ARNs of S3's buckets and objects have no type.
 */
const anyHeadOf = (resource: string): string =>
  resource.replace(HEAD, "$1").replace(/^(arn:[^:]*:[^:]*):[^:]+:[^:]+:/, "$1:*:*:");
const HEAD = /^(arn:[^:]*:s3:::|(?:[^:]*:){5}(?:[^:/]*[:/])?).*/s;

const startOf = (resource: string): string => resource.split("*", 1).join();
const tailOf = (resource: string): string => resource.slice(startOf(resource).length);

/** `*`, all of one service, or all that begin alike, where that is harmless; else the actions themselves. */
function widerActions(actions: readonly string[], resource: string, isHarmless: IsHarmless): readonly string[] {
  const common = actions.reduce(commonStart);
  const service = common.slice(0, common.indexOf(":") + 1);
  const alike = [`${service}*`, ...(actions.length > 1 ? [`${common}*`] : [])];
  const wider = ["*", ...(service === "" ? [] : alike)].find((pattern) => isHarmless(pattern, resource));
  return wider === undefined ? actions : [wider];
}
