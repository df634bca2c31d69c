import type { Call } from "./aws-request.ts";

/**
 * Calls that name no resource, as AWS evaluates them in IAM. Written out for the actions of `arbitrary/listings.ts`,
 * not read from the code under test. A resource of the type is the head followed by a name; names of databases and
 * topics contain neither a slash nor a colon.
 */
const LISTS: readonly { readonly actions: RegExp; readonly pattern: RegExp; readonly name: RegExp }[] = [
  {
    actions: /^rds:(DescribeDBInstances|DescribeDBSnapshots|ListTagsForResource)$/,
    pattern: /^(arn:aws:rds:[^:]*:\d+:db:)\*$/,
    name: /^[^/:]+$/,
  },
  {
    actions: /^rds:(DescribeDBSnapshots|ListTagsForResource)$/,
    pattern: /^(arn:aws:rds:[^:]*:\d+:snapshot:)\*$/,
    name: /^[^/]+$/,
  },
  {
    actions: /^rds:(DescribeOptionGroups|ListTagsForResource)$/,
    pattern: /^(arn:aws:rds:[^:]*:\d+:og:)\*$/,
    name: /^[^/]+$/,
  },
  {
    actions: /^cloudformation:DescribeStacks$/,
    pattern: /^(arn:aws:cloudformation:[^:]*:\d+:stack\/)\*(?:\/\*)?$/,
    name: /^[^/:]+\/[^:]+$/,
  },
  { actions: /^sns:(Get|Set)SubscriptionAttributes$/, pattern: /^(arn:aws:sns:[^:]*:\d+:)\*$/, name: /^[^/:]+$/ },
];

/** Resources among these that the call's answer lists. Undefined for a call that names its resource. */
export function answeredWith(
  { action, resource }: Pick<Call, "action" | "resource">,
  arns: readonly string[],
): readonly string[] | undefined {
  for (const { actions, pattern, name } of LISTS) {
    const [, head] = actions.test(action) ? (pattern.exec(resource) ?? []) : [];
    if (head === undefined) continue;
    // No resource has a wildcard in its name.
    return arns.filter((arn) => arn.startsWith(head) && name.test(arn.slice(head.length)) && !/[*?$]/.test(arn));
  }
  return undefined;
}
