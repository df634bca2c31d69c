import { serviceOf } from "../catalogue/action-name.ts";
import { prefixCover } from "../catalogue/prefix-cover.ts";
import type { HeldActions } from "../deployment/held-in.ts";
import type { Condition, Rule } from "./merge-statements.ts";

/** Rules that allow, and rules that deny the excess of the prefixes among them. */
export interface ByPrefix {
  readonly allowed: readonly Rule[];
  readonly denied: readonly Rule[];
}

/**
 * Names the actions of Allows by prefixes (`ec2:Describe*`) where that saves characters. A prefix may match two kinds
 * of actions to which the task's role is held. The first are allowed on the same resource under the same condition. The
 * others the session allows nowhere; they are denied. The prefixes then allow what the names allowed, while the role is
 * held to the same names. A rule with a prefix requires the role's mark, and allows nothing without it.
 * @param key condition key of the mark.
 * @param besides actions that the session allows in addition to the rules.
 */
export function namedByPrefix(
  allowed: readonly Rule[],
  held: HeldActions,
  key: string,
  besides: readonly string[] = [],
): ByPrefix {
  const used = new Set([...allowed.map(({ action }) => action), ...besides]);
  const alike = Map.groupBy(allowed, ({ resource, condition }) => JSON.stringify([resource, condition])).values();
  // A long intent has few lists of actions, each for many resources.
  const shortOf = shortenedOnce(held, used);
  const named = [...alike].map((rules): ByPrefix => {
    const [one] = rules;
    const short = shortOf([...new Set(rules.map(({ action }) => action))]);
    if (one === undefined || short === undefined) return { allowed: rules, denied: [] };
    const condition = marked(one.condition, held.mark, key);
    return {
      allowed: short.names.map((action) => (action.endsWith("*") ? { ...one, action, condition } : { ...one, action })),
      denied: short.denied.map((action) => ({ action, resource: "*", condition: {} })),
    };
  });
  return { allowed: named.flatMap((each) => each.allowed), denied: named.flatMap((each) => each.denied) };
}

/** Names and prefixes of actions, and names or prefixes of the excess to deny. */
interface Short {
  readonly names: readonly string[];
  readonly denied: readonly string[];
}

/** Characters of a statement without its actions: effect, resource, condition and mark. */
const STATEMENT_CHARACTERS = 130;

/** Returns a function that shortens each list of actions once. */
function shortenedOnce(
  held: Pick<HeldActions, "actions">,
  used: ReadonlySet<string>,
): (actions: readonly string[]) => Short | undefined {
  const known = new Map<string, Short | undefined>();
  return (actions) => {
    // Stryker disable next-line EqualityOperator: the answer would be the same, only later
    if (charactersOf({ names: actions, denied: [] }) <= STATEMENT_CHARACTERS) return undefined;
    const name = actions.join();
    if (!known.has(name)) known.set(name, shortened(actions, held.actions, used));
    return known.get(name);
  };
}

/**
 * Shortens a list of actions of one resource. Undefined where the names themselves are shorter, or where the role is
 * not held to one of them.
 */
function shortened(actions: readonly string[], held: readonly string[], used: ReadonlySet<string>): Short | undefined {
  const own = new Set(actions);
  const isHeld = new Set(held);
  if (!actions.every((action) => isHeld.has(action))) return undefined;
  const services = new Set(actions.map(serviceOf));
  const others = held.filter((action) => services.has(serviceOf(action)) && !own.has(action));
  const apart = { names: prefixCover(actions, others), denied: [] };
  const loose = prefixCover(
    actions,
    others.filter((action) => used.has(action)),
  );
  const excess = others.filter((action) => !used.has(action) && isNamed(action, loose));
  // A Deny may match what the session does not allow.
  const denied = prefixCover(excess, [...used]);
  const forms = [apart, { names: loose, denied }].toSorted((a, b) => charactersOf(a) - charactersOf(b));
  return forms.find((form) => charactersOf(form) < charactersOf({ names: actions, denied: [] }) - STATEMENT_CHARACTERS);
}

const isNamed = (action: string, names: readonly string[]): boolean =>
  names.some((name) => name.endsWith("*") && action.toLowerCase().startsWith(name.slice(0, -1).toLowerCase()));

const charactersOf = ({ names, denied }: Short): number =>
  [...names, ...denied].reduce((sum, { length }) => sum + length + 3, denied.length > 0 ? STATEMENT_CHARACTERS : 0);

const marked = (condition: Condition, mark: string, key: string): Condition => ({
  ...condition,
  StringEquals: { ...condition.StringEquals, [key]: mark },
});
