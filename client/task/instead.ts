import type { Denial } from "../exit-codes.ts";
import { type Detail, intentOf } from "./intent.ts";
import type { TaskOptions } from "./task-options.ts";

type RefusedRequest = Pick<TaskOptions, "url" | "purpose" | "details" | "ttlSeconds">;

/** Detail that `--allow` can express: AWS actions on resources, without conditions. */
interface Allowed {
  readonly account: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * Composes a command line for the permitted part of a refused intent: the pairs that were not denied, and in place of denied ones the parts that the
 * denials name. Uses `--accept-less` where those are unknown; undefined where nothing is left, or flags cannot express it.
 */
export function askInstead(asked: RefusedRequest, denials: readonly Denial[]): string | undefined {
  const instead = allowInstead(asked, denials);
  if (!instead) return undefined;
  const { allow, account, accept_less: acceptsLess } = instead;
  const { url, purpose, ttlSeconds } = asked;
  const ttl = ttlSeconds === undefined ? [] : [`--ttl ${ttlSeconds}`];
  const head = ["valetkey exec", `--url ${url}`, `--purpose ${quoted(purpose)}`, ...ttl, `--account ${account}`];
  const flags = allow.map((flag) => `--allow ${quoted(flag)}`);
  return [...head, ...flags, ...(acceptsLess ? ["--accept-less"] : []), "-- ..."].join(" ");
}

/** Permitted part of a refused intent, as arguments. */
interface Instead {
  readonly account: string;
  readonly allow: readonly string[];
  readonly accept_less?: true;
}

/** Finds the permitted part of a refused intent, as `askInstead` composes a command line of it; for a caller that is no command line. */
export function allowInstead(
  { details }: Pick<RefusedRequest, "details">,
  denials: readonly Denial[],
): Instead | undefined {
  const [detail, ...others] = details;
  if (denials.length === 0 || !detail || others.length > 0 || !isAllowed(detail)) return undefined;
  const { account, actions, resources } = detail;
  const isAsked = ({ action, target }: Denial) =>
    resources.includes(target) && actions.some((each) => standsFor(each, action));
  if (!denials.every(isAsked)) return undefined;
  const whole = `${actions.join(",")}=${resources.join(",")}`;
  const isPlain = actions.length === 1 || resources.length === 1;
  const flags = isPlain ? narrowed(detail, denials) : [];
  if (canBeSaid(flags, account)) return { account, allow: flags };
  // Parts that do not fit together were not denied either: with several of both, nobody here knows what is left.
  const mayBeLeft = !isPlain && denials.length < actions.length * resources.length;
  return mayBeLeft ? { account, allow: [whole], accept_less: true } : undefined;
}

/** Makes one flag for each set of resources, with the remaining actions. */
function narrowed({ actions, resources }: Allowed, denials: readonly Denial[]): readonly string[] {
  const left = new Map<string, string[]>();
  const add = (action: string, targets: readonly string[]) => {
    const key = targets.join(",");
    if (key !== "") left.set(key, [...(left.get(key) ?? []), action]);
  };
  for (const action of actions) {
    const denied = denials.filter((denial) => standsFor(action, denial.action));
    const untouched = resources.filter((resource) => !denied.some(({ target }) => target === resource));
    const names = [...new Set([...(untouched.length > 0 ? [action] : []), ...denied.map((each) => each.action)])];
    for (const name of names) {
      const parts = denied.filter((denial) => denial.action === name).flatMap(({ hint }) => coveredBy(hint));
      add(name, [...new Set([...(name === action ? untouched : []), ...parts])]);
    }
  }
  return [...left].map(([targets, names]) => `${names.join(",")}=${targets}`);
}

/** Reads from the service's hint which parts of a refused target policy covers. */
function coveredBy(hint = ""): readonly string[] {
  const [, list] = /^Policy covers (arn:.+): ask for that/.exec(hint) ?? [];
  return list?.split(/, (?=arn:)/) ?? [];
}

/** True where the command takes the flags. */
function canBeSaid(flags: readonly string[], account: string): boolean {
  try {
    return intentOf({ allow: flags, tool: [], account }).length > 0;
  } catch {
    return false;
  }
}

const isAllowed = (detail: Detail): detail is Detail & Allowed =>
  detail.type === "aws" &&
  Object.keys(detail).length === 4 &&
  /^\d{12}$/.test(String(detail.account)) &&
  [detail.actions, detail.resources].every(
    (each) => Array.isArray(each) && each.every((text) => typeof text === "string"),
  );

/** True where a pattern of actions matches the action. */
const standsFor = (pattern: string, action: string): boolean =>
  new RegExp(`^${pattern.replace(/[^\w:*-]/g, "\\$&").replaceAll("*", ".*")}$`, "i").test(action);

/** Quotes a text for a shell, since parts of it come from the service. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
