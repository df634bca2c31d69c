import { few } from "../../contract/decision/counted.ts";
import type { Denial } from "../exit-codes.ts";
import { groupedBy } from "../grouped-by.ts";
import type { Detail } from "./detail.ts";
import { recordOf } from "./fields.ts";
import { hintOn } from "./narrow-words.ts";

/** Largest number of actions, of targets, and of groups that a line names. */
const [ACTIONS, TARGETS, GROUPS] = [6, 3, 3];

/** Reads a denial of an answer. */
export function denialOf(value: unknown): Denial {
  const { action, target, reason, policy, hint } = recordOf<Denial>(value);
  return {
    action: String(action),
    target: String(target),
    reason: String(reason),
    ...(typeof policy === "string" && { policy }),
    ...(typeof hint === "string" && { hint }),
  };
}

/** Denials with the same reason, policy and hint: each of the actions on each of the targets. */
export interface DenialGroup extends Pick<Denial, "reason" | "policy" | "hint"> {
  readonly actions: readonly string[];
  readonly targets: readonly string[];
}

/** Groups denials: first the actions of a target, then the targets of the same actions. `s3:*` on one bucket is one group, and not 43 denials. */
export function groupDenials(denials: readonly Denial[]): readonly DenialGroup[] {
  const byTarget = groupedBy(denials, ({ target, reason, policy, hint }) =>
    JSON.stringify([target, reason, policy, hint]),
  );
  const ofTargets = [...byTarget.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, actions: [...new Set(group.map(({ action }) => action))] }] : [];
  });
  const byActions = groupedBy(ofTargets, ({ actions, reason, policy, hint }) =>
    JSON.stringify([actions, reason, policy, hint]),
  );
  return [...byActions.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { action: _, target: __, ...shared } = first;
    return [{ ...shared, targets: group.map(({ target }) => target) }];
  });
}

/** Names a group's actions and targets, the first few of each. */
export const groupInWords = ({ actions, targets }: Pick<DenialGroup, "actions" | "targets">): string =>
  `${listed(actions, ACTIONS)} on ${listed(targets, TARGETS)}`;

/** Names what denials are about in one line, the first few groups of them. */
export const deniedInWords = (denials: readonly Denial[]): string => inOneLine(groupDenials(denials).map(groupInWords));

/** Names granted details in one line, the first few of them. */
export const grantedInWords = (granted: readonly Detail[]): string => inOneLine(granted.map(detailInWords));

function inOneLine(groups: readonly string[]): string {
  const more = groups.length - GROUPS;
  return `${groups.slice(0, GROUPS).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

/** Writes denials for a terminal. */
export const denialLines = (denials: readonly Denial[]): readonly string[] =>
  groupDenials(denials).flatMap((group) => [
    `  denied: ${groupInWords(group)}`,
    `    ${group.reason}${group.policy ? ` (policy ${group.policy})` : ""}`,
    ...(group.hint ? [`    hint: ${hintOn("exec", group.hint)}`] : []),
  ]);

/** Writes the permitted part of a denied request for a terminal. */
export const coveredLines = (covered: readonly Detail[] | undefined): readonly string[] =>
  (covered ?? []).map((detail) => `  permitted: ${detailInWords(detail)}`);

/** Names what a detail is about, the first few of each kind. */
export function detailInWords(detail: Detail): string {
  if (detail.type === "tool") return `${listed(textsOf(detail.tools), ACTIONS)} of the tool server ${detail.server}`;
  if (detail.type !== "aws") return `${detail.type} ${JSON.stringify(detail)}`;
  const limited = detail.conditions === undefined ? "" : " (with conditions)";
  return `${listed(textsOf(detail.actions), ACTIONS)} on ${listed(textsOf(detail.resources), TARGETS)}${limited}`;
}

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Two more names take no more room than their number. */
const listed = (names: readonly string[], most: number): string =>
  names.length <= most + 1 ? names.join(", ") : few(names, most);
