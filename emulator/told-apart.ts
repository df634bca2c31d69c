import type { PolicyDocument } from "./policy-document.ts";

/** Object of a bucket: the last part of its ARN, which patterns are compared with, and the bucket in it. */
const OBJECT = /^arn:[^:]+:s3:::(([^/]+)\/.+)$/s;

/** ARN with a part for each place, `arn:aws:s3:::reports/*`: the last part may have colons. */
const WHOLE_ARN = /^(?:[^:]*:){5}(.*)$/s;

interface ResourcedStatement {
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
}

const patternsOfPolicies = new WeakMap<PolicyDocument, readonly RegExp[] | undefined>();

/**
 * Names the resource as far as policies without variables can tell it apart from others: of an object, its bucket, and which patterns of the policies it
 * fits, since hundreds of objects of the archive fit the same ones. Any other resource is told apart by its whole name, and so is an object where a
 * pattern is no whole ARN.
 */
export function toldApart(resource: string, policies: readonly PolicyDocument[]): string {
  const [, name = "", bucket] = OBJECT.exec(resource) ?? [];
  const patterns = policies.map(patternsOf);
  if (bucket === undefined || !patterns.every((each) => each !== undefined)) return resource;
  return `object of ${bucket}: ${patterns.flat().map((pattern) => Number(pattern.test(name)))}`;
}

/** Reads the patterns of resources' names, the last part of an ARN. @returns undefined where a pattern is neither a whole ARN nor `*`. */
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
