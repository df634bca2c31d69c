import { plainLine } from "../../contract/decision/plain-line.ts";
import { WITHOUT_STANDING } from "../../contract/names.ts";
import type { Denial } from "../exit-codes.ts";
import { ownCommand } from "../own-command.ts";
import { shellDashes, shellWord } from "../shell-quoting.ts";
import type { Detail } from "./detail.ts";
import { isAccount } from "./fields.ts";
import { intentOf } from "./intent.ts";
import type { TaskOptions } from "./task-options.ts";

type RefusedRequest = Pick<TaskOptions, "details" | "line">;

/** Detail that `--allow` can express: AWS actions on resources, without conditions. */
interface Allowed {
  readonly account: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * Composes a command line for the permitted part of a refused intent: the user's own line with another intent. That part is the pairs that were not denied,
 * and the permitted parts that the denials' hints name. Uses `--accept-less` where these are unknown. Returns undefined where nothing is permitted, flags
 * cannot express it, or a program made the request. Quotes every text for a shell, since parts of it come from the service.
 */
export function askInstead(
  request: RefusedRequest,
  denials: readonly Denial[],
  covered?: readonly Detail[],
): string | undefined {
  const { line } = request;
  const instead = line && allowInstead(request, denials, covered);
  const whole = denials.filter(isOfWholeRequest);
  if (!instead || whole.some(({ hint }) => hint !== WITHOUT_STANDING)) return undefined;
  const { allow, account, accept_less: acceptsLess } = instead;
  const options = [
    ...line.options.filter(([option = ""]) => whole.length === 0 || !/^--standing(=|$)/.test(option)),
    ["--account", account],
    ...allow.map((flag) => ["--allow", flag]),
    ...(acceptsLess ? [["--accept-less"]] : []),
  ];
  const written = options.flat().map((word) => shellWord(word));
  return [ownCommand(), line.command, ...written, ...ownWords(line.own)].join(" ");
}

/** True for a denial of the request as it is, whose intent alone is permitted. */
const isOfWholeRequest = ({ action, target }: Denial): boolean => action === "*" && target === "*";

/** Options that find the hub and prove the agent, for a question. */
const OF_CALLER = /^--(url|deployment|audience|token|token-file|token-url|token-command|identity)(=|$)/;

/** Composes the command line that lists what policy permits the agent of a refused request; undefined where a program made the request. */
export function listReach({ line }: Pick<TaskOptions, "line">): string | undefined {
  if (!line) return undefined;
  const options = line.options.filter(([option = ""]) => OF_CALLER.test(option));
  return [ownCommand(), "can-i", "--list", ...options.flat().map((word) => shellWord(word))].join(" ");
}

/** Writes the user's own command behind two dashes; an ellipsis for one with a character that no line shows. */
function ownWords(own: readonly string[] | undefined): readonly string[] {
  if (own === undefined) return [];
  return [
    shellDashes(),
    ...(own.every((word) => plainLine(word) === word) ? own.map((word) => shellWord(word)) : ["..."]),
  ];
}

/** Permitted part of a refused intent, as arguments. */
interface Instead {
  readonly account: string;
  readonly allow: readonly string[];
  readonly accept_less?: true;
}

/**
 * Finds the permitted part of a refused intent, as arguments for `askInstead` or for a tool's caller.
 * @param covered that part as the service named it; found from the denials where it did not.
 */
export function allowInstead(
  { details }: Pick<RefusedRequest, "details">,
  denials: readonly Denial[],
  covered?: readonly Detail[],
): Instead | undefined {
  if (covered) return coveredInstead(details, covered);
  const [detail, ...others] = details;
  if (denials.length === 0 || !detail || others.length > 0 || !isAllowed(detail)) return undefined;
  const { account, actions, resources } = detail;
  const isRequested = ({ action, target }: Denial) =>
    resources.includes(target) && actions.some((each) => matches(each, action));
  if (!denials.every(isRequested)) return undefined;
  const whole = `${actions.join(",")}=${resources.join(",")}`;
  const isPlain = actions.length === 1 || resources.length === 1;
  const flags = isPlain ? narrowed(detail, denials) : [];
  if (isExpressible(flags, account)) return { account, allow: flags };
  // Pairs of an action and a resource that do not fit together are not in the denials. With several of both, the permitted pairs are unknown here.
  const mayBeLeft = !isPlain && denials.length < actions.length * resources.length;
  return mayBeLeft ? { account, allow: [whole], accept_less: true } : undefined;
}

/** Writes the covered details as flags, or the whole intent with the consent to less where flags cannot express them. */
function coveredInstead(details: readonly Detail[], covered: readonly Detail[]): Instead | undefined {
  if (covered.length === 0) return undefined;
  const flagsOf = (list: readonly Detail[]): Instead | undefined => {
    const allowed = list.filter(isAllowed);
    const [account = "", ...others] = [...new Set(allowed.map((each) => each.account))];
    const allow = allowed.map(({ actions, resources }) => `${actions.join(",")}=${resources.join(",")}`);
    return others.length === 0 && allowed.length === list.length && isExpressible(allow, account)
      ? { account, allow }
      : undefined;
  };
  const whole = flagsOf(details);
  return flagsOf(covered) ?? (whole && { ...whole, accept_less: true });
}

/** Makes one flag for each set of resources, with the remaining actions. */
function narrowed({ actions, resources }: Allowed, denials: readonly Denial[]): readonly string[] {
  const left = new Map<string, string[]>();
  const add = (action: string, targets: readonly string[]) => {
    const key = targets.join(",");
    if (key !== "") left.set(key, [...(left.get(key) ?? []), action]);
  };
  for (const action of actions) {
    const denied = denials.filter((denial) => matches(action, denial.action));
    const untouched = resources.filter((resource) => !denied.some(({ target }) => target === resource));
    const names = [...new Set([...(untouched.length > 0 ? [action] : []), ...denied.map((each) => each.action)])];
    for (const name of names) {
      const parts = denied.filter((denial) => denial.action === name).flatMap(({ hint }) => coveredBy(hint));
      add(name, [...new Set([...(name === action ? untouched : []), ...parts])]);
    }
  }
  return [...left].map(([targets, names]) => `${names.join(",")}=${targets}`);
}

/** Reads the parts of a refused target that policy covers from the service's hint. */
function coveredBy(hint = ""): readonly string[] {
  const [, list] = /^Policy covers (arn:.+): ask for that/.exec(hint) ?? [];
  return list?.split(/, (?=arn:)/) ?? [];
}

/** True where the command accepts the flags. */
function isExpressible(flags: readonly string[], account: string): boolean {
  try {
    return intentOf({ allow: flags, tool: [], account }).length > 0;
  } catch {
    return false;
  }
}

const isAllowed = (detail: Detail): detail is Detail & Allowed =>
  detail.type === "aws" &&
  Object.keys(detail).length === 4 &&
  isAccount(detail.account) &&
  [detail.actions, detail.resources].every(
    (each) => Array.isArray(each) && each.every((text) => typeof text === "string"),
  );

/** True where a pattern matches a text: an action, for which case does not count, or with no flags an ARN. */
export const matches = (pattern: string, text: string, flags: "i" | "" = "i"): boolean =>
  new RegExp(`^${pattern.replace(/[^\w:*-]/g, "\\$&").replaceAll("*", ".*")}$`, flags).test(text);
