import type { PolicyDocument } from "./policy-document.ts";

/** Object of a bucket: the bucket and the key. */
const OBJECT = /^arn:[^:]+:s3:::([^/]+)\/.+$/s;

interface ResourcedStatement {
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
}

const patternsOfPolicies = new WeakMap<PolicyDocument, readonly RegExp[]>();

/**
 * Names the resource as far as policies without variables can tell it apart from others: of an object, its bucket, and which patterns of the policies it
 * fits, since hundreds of objects of the archive fit the same ones. Any other resource is told apart by its whole name.
 */
export function toldApart(resource: string, policies: readonly PolicyDocument[]): string {
  const [, bucket] = OBJECT.exec(resource) ?? [];
  if (bucket === undefined) return resource;
  const name = resource.split(":").slice(5).join(":");
  return `object of ${bucket}: ${policies.flatMap(patternsOf).map((pattern) => Number(pattern.test(name)))}`;
}

/** Patterns of resources' names, the last part of an ARN. A shorter pattern fits all names or none. */
function patternsOf(policy: PolicyDocument): readonly RegExp[] {
  const before = patternsOfPolicies.get(policy);
  if (before) return before;
  const patterns = ([policy.Statement].flat() as readonly ResourcedStatement[])
    .flatMap(({ Resource = [], NotResource = [] }) => [Resource, NotResource].flat())
    .map((arn) => arn.split(":").slice(5).join(":"))
    .map(
      (name) =>
        new RegExp(
          `^${name
            .replace(/[\\^$.+()|[\]{}]/g, "\\$&")
            .replaceAll("*", ".*")
            .replaceAll("?", ".")}$`,
        ),
    );
  patternsOfPolicies.set(policy, patterns);
  return patterns;
}
