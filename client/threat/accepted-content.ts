import type { Agent } from "../../functions/core/identity/agent.ts";
import { modelHashes, registrationFacts } from "../../functions/core/threat/model-hashes.ts";
import type { Facts } from "../../functions/policy/reach/facts.ts";
import type { Reach, ReachEntry } from "../../functions/policy/reach/reach-of.ts";
import { deployedThreats, type ReachPart, type ReachParts } from "../../functions/policy/reach/reach-parts.ts";
import { entryInWords, needsInWords } from "../../functions/policy/reach/words.ts";

/** One hash of an acceptance, with everything that the hash is of. */
export interface AcceptedContent {
  /** Name of the content: `reach of team:data`, `connector postgres`, `issuer github`, `registration`. */
  readonly of: string;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  /** Content, a fact each. Another content has other lines. */
  readonly lines: readonly string[];
}

/**
 * Lists the hashes that an acceptance of the agent's model names, each with its content. The lines are written of the
 * same values as the hash, with no choice of fields between them.
 */
export function acceptedContent(agent: Agent, content: ReachParts): readonly AcceptedContent[] {
  const { reach, connectors, deployment, registration } = modelHashes(agent, deployedThreats(content));
  const known = { ...content.issuers, ...content.common };
  return [
    ...Object.entries(reach).map(([name, sha256]) => ({
      of: `reach of ${name}`,
      sha256,
      lines: partLines(content.parts[name]),
    })),
    ...Object.entries(connectors).map(([type, sha256]) => ({
      of: `connector ${type}`,
      sha256,
      lines: linesOf(content.connectors[type]),
    })),
    ...Object.entries(deployment).map(([name, sha256]) => ({
      of: name.replace(":", " "),
      sha256,
      lines: linesOf(known[name]),
    })),
    { of: "registration", sha256: registration, lines: linesOf(registrationFacts(agent)) },
  ];
}

const partLines = (part: ReachPart | undefined): readonly string[] =>
  part === undefined
    ? []
    : [
        ...reachLines(part.reach),
        ...exclusionLines(part.cuts, "from other parts, "),
        ...Object.entries(part.facts).flatMap(([name, facts]) => linesOf(facts, name)),
      ];

const reachLines = (reach: Reach): readonly string[] => [
  ...reach.permits.map((entry) => {
    const needs = needsInWords(entry.needs);
    return `permits ${entryInWords(entry)}${needs === "" ? "" : `; terms: ${needs}`}`;
  }),
  ...exclusionLines(reach),
];

const exclusionLines = (
  { except, sometimes, groups }: Pick<Reach, "except" | "sometimes" | "groups">,
  from = "",
): readonly string[] => [
  ...except.map((entry: ReachEntry) => `${from}never ${entryInWords(entry)}`),
  ...sometimes.map((entry) => `${from}not ${entryInWords(entry)}`),
  ...Object.entries(groups).map(([name, { actions, sha256 }]) => `${from}${name} is ${actions} actions, ${sha256}`),
];

/** Writes a value as lines, one for each of its leaves, with the path of the leaf. */
export function linesOf(value: Facts | unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each !== "object")) return [`${path}: ${JSON.stringify(value)}`];
    return value.flatMap((each, index) => linesOf(each, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null)
    return value === undefined ? [] : [`${path}: ${JSON.stringify(value)}`];
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  if (entries.length === 0) return path === "" ? [] : [`${path}: {}`];
  return entries.flatMap(([name, each]) => linesOf(each, path === "" ? name : `${path}.${name}`));
}
