import { MOST_ACTIONS } from "../../../contract/limits.ts";
import { globFromIam, matches } from "../text/glob.ts";
import type { ActionPattern } from "./action-name.ts";
import { actionOfCall } from "./calls.ts";
import type { Catalogue } from "./catalogue.ts";
import type { CatalogueAction } from "./catalogue-action.ts";
import type { CatalogueService } from "./catalogue-service.ts";
import { nearest } from "./nearest.ts";
import { isProblem, type Problem } from "./problem.ts";

const ACTION_CHARACTERS = 128;

/** Actions that patterns match. */
export interface ExpandedActions {
  /** Actions, each once, in the order of the patterns. */
  readonly actions: readonly CatalogueAction[];
  /** Actions of each pattern; an action may belong to several. */
  readonly byPattern: ReadonlyMap<string, readonly CatalogueAction[]>;
}

/**
 * `expandActions(catalogue: Catalogue, patterns: readonly string[]): ExpandedActions | Problem`
 *
 * Expands patterns to the actions that IAM reads from them. Each action is listed once, in AWS's own case: `S3:get*` is
 * `s3:GetAccelerateConfiguration` and so on. `*` matches any run of characters, and only in the action's name. The
 * first pattern without an action is a problem, since granting it would silently grant nothing. The problem names the
 * nearest real action.
 */
export function expandActions(catalogue: Catalogue, patterns: readonly string[]): ExpandedActions | Problem {
  if (patterns.length > MOST_ACTIONS) return { problem: `Name at most ${MOST_ACTIONS} actions or patterns.` };
  const byPattern = new Map<string, readonly CatalogueAction[]>();
  for (const pattern of new Set(patterns)) {
    const found = expand(catalogue, pattern);
    if (isProblem(found)) return found;
    byPattern.set(pattern, found);
  }
  return { actions: [...new Set([...byPattern.values()].flat())], byPattern };
}

function expand(catalogue: Catalogue, pattern: string): readonly CatalogueAction[] | Problem {
  if (pattern === "*" || pattern === "*:*")
    return { problem: "Name the services and actions that the task needs; `*` would be all of AWS." };
  if (pattern.includes("?")) return { problem: "Use `*` in place of `?`, which is not supported yet." };
  const [, prefix = "", wanted = ""] = /^([A-Za-z0-9-]+):([A-Za-z0-9*-]+)$/.exec(pattern) ?? [];
  if (wanted === "" || pattern.length > ACTION_CHARACTERS) {
    return {
      problem:
        "Write each action as `service:Action`, such as `s3:GetObject` or `s3:Get*`; the service takes no wildcard.",
    };
  }
  const service = catalogue.service(prefix.toLowerCase());
  if (service === undefined)
    return { problem: `There is no AWS service \`${prefix}\`${hint(nearest(prefix, catalogue.prefixes))}` };
  return expandIn(service, wanted);
}

function expandIn(service: CatalogueService, wanted: string): readonly CatalogueAction[] | Problem {
  if (wanted.includes("*")) {
    const glob = globFromIam(wanted.toLowerCase());
    const found = service.names.filter((name) => matches(glob, name.toLowerCase())).map((name) => service.action(name));
    if (found.length === 0)
      return { problem: `No action of \`${service.prefix}\` matches \`${service.prefix}:${wanted}\`.` };
    return found.filter((action) => action !== undefined);
  }
  const action = service.action(wanted);
  if (action !== undefined) return [action];
  const ofCall = actionOfCall(`${service.prefix}:${wanted}`);
  if (ofCall !== undefined)
    return {
      problem: `There is no action \`${service.prefix}:${wanted}\`, which is a call: its action is \`${ofCall}\`.`,
    };
  const near = nearest(wanted, service.names);
  return { problem: `There is no action \`${service.prefix}:${wanted}\`${hint(near && `${service.prefix}:${near}`)}` };
}

/**
 * `foldActions(catalogue: Catalogue, patterns: readonly string[]): readonly ActionPattern[] | Problem`
 *
 * Writes requested actions in their one spelling, each once: `S3:getobject` is `s3:GetObject`. A pattern has the
 * letters of the first action that it matches: `s3:GET*` is `s3:Get*`. The first pattern without an action is a
 * problem, as in `expandActions`.
 */
export function foldActions(catalogue: Catalogue, patterns: readonly string[]): readonly ActionPattern[] | Problem {
  const expanded = expandActions(catalogue, patterns);
  if (isProblem(expanded)) return expanded;
  return [...new Set([...expanded.byPattern].map(([pattern, [action]]) => spelledAs(pattern, action?.name ?? "")))];
}

/** Writes a pattern with the letters of a name that it matches. */
function spelledAs(pattern: string, name: string): ActionPattern {
  const lower = name.toLowerCase();
  const literals = pattern.toLowerCase().split("*");
  let end = 0;
  const parts = literals.map((literal, index) => {
    const at = index > 0 && index === literals.length - 1 ? name.length - literal.length : lower.indexOf(literal, end);
    end = at + literal.length;
    return name.slice(at, end);
  });
  return parts.join("*") as ActionPattern;
}

/** End of the sentence: the question with the nearest name, or a full stop. */
const hint = (name: string | undefined): string => (name === undefined ? "." : `; did you mean \`${name}\`?`);
