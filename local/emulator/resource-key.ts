import type { PolicyDocument } from "./policy-document.ts";

/** ARN of an object. Groups: its last part, with which patterns are compared, and the bucket in it. */
const OBJECT = /^arn:[^:]+:s3:::(([^/]+)\/.+)$/s;

/** ARN with a part for each place, `arn:aws:s3:::reports/*`: the last part may have colons. */
const WHOLE_ARN = /^(?:[^:]*:){5}(.*)$/s;

interface ResourcedStatement {
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
}

const patternsOfPolicies = new WeakMap<PolicyDocument, readonly RegExp[] | undefined>();

/**
 * Returns a text that is the same for resources that policies without variables decide alike. Objects share the text by
 * bucket and by matched patterns: hundreds of objects of the archive match the same ones. For another resource, or
 * where a pattern is no whole ARN, the text is the resource itself.
 */
export function resourceKey(resource: string, policies: readonly PolicyDocument[]): string {
  const [, name = "", bucket] = OBJECT.exec(resource) ?? [];
  const patterns = policies.map(patternsOf);
  if (bucket === undefined || !patterns.every((each) => each !== undefined)) return resource;
  return `object of ${bucket}: ${patterns.flat().map((pattern) => Number(pattern.test(name)))}`;
}

/**
 * Reads a policy's patterns of resource names, the last part of an ARN.
 * @returns undefined where a pattern is neither a whole ARN nor `*`.
 */
function patternsOf(policy: PolicyDocument): readonly RegExp[] | undefined {
  if (patternsOfPolicies.has(policy)) return patternsOfPolicies.get(policy);
  const names = ([policy.Statement].flat() as readonly ResourcedStatement[])
    .flatMap(({ Resource = [], NotResource = [] }) => [Resource, NotResource].flat())
    .map((arn) => (arn === "*" ? arn : WHOLE_ARN.exec(arn)?.[1]));
  const patterns = names.every((name) => name !== undefined) ? names.map(patternOf) : undefined;
  patternsOfPolicies.set(policy, patterns);
  return patterns;
}

const patternOf = (name: string): RegExp => {
  const escaped = name.replace(/[\\^$.+()|[\]{}]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
};
