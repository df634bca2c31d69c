import type { Call } from "./aws-request.ts";

/**
 * Calls that name no resource, as AWS evaluates them in IAM: on a star as the name, or on no name at all. Written out
 * for the actions of `arbitrary/listings.ts` from refusals that AWS printed and the API references, not read from the
 * code under test. A resource of the type is the head followed by a name; names of databases and topics contain neither
 * a slash nor a colon.
 */
const LISTS: readonly { readonly actions: RegExp; readonly pattern: RegExp; readonly name: RegExp }[] = [
  {
    actions: /^rds:(DescribeDBInstances|DescribeDBSnapshots|ListTagsForResource)$/,
    pattern: /^(arn:aws:rds:[^:]*:\d+:db:)\*?$/,
    name: /^[^/:]+$/,
  },
  {
    actions: /^rds:(DescribeDBSnapshots|ListTagsForResource)$/,
    pattern: /^(arn:aws:rds:[^:]*:\d+:snapshot:)\*?$/,
    name: /^[^/]+$/,
  },
  {
    actions: /^rds:(DescribeOptionGroups|ListTagsForResource)$/,
    pattern: /^(arn:aws:rds:[^:]*:\d+:og:)\*?$/,
    name: /^[^/]+$/,
  },
  {
    actions: /^cloudformation:DescribeStacks$/,
    pattern: /^(arn:aws:cloudformation:[^:]*:\d+:stack\/)\*(?:\/\*)?$/,
    name: /^[^/:]+\/[^:]+$/,
  },
  { actions: /^cloudwatch:DescribeAlarms$/, pattern: /^(arn:aws:cloudwatch:[^:]*:\d+:alarm:)\*?$/, name: /^.+$/ },
  {
    actions: /^elasticache:DescribeCacheClusters$/,
    pattern: /^(arn:aws:elasticache:[^:]*:\d+:cluster:)\*?$/,
    name: /^[^/:]+$/,
  },
  { actions: /^ecr:DescribeRepositories$/, pattern: /^(arn:aws:ecr:[^:]*:\d+:repository\/)\*?$/, name: /^.+$/ },
  {
    // A mount target belongs to a file system. Without a name, the call returns those of all.
    actions: /^elasticfilesystem:DescribeMountTargets$/,
    pattern: /^(arn:aws:elasticfilesystem:[^:]*:\d+:file-system\/)\*?$/,
    name: /^[^/:]+$/,
  },
  {
    actions: /^logs:DescribeMetricFilters$/,
    pattern: /^(arn:aws:logs:[^:]*:\d+:log-group:)(?:\*|:log-stream:\*?)?$/,
    name: /^[^:]+:\*$/,
  },
  {
    // The call names the application.
    actions: /^chime:ListAppInstanceBots$/,
    pattern: /^(arn:aws:chime:[^:]*:\d+:app-instance\/x\/bot\/)\*?$/,
    name: /^[^/]+$/,
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
    return arns.filter(
      (arn) => arn.startsWith(head) && name.test(arn.slice(head.length)) && !/[*?$]/.test(arn.replace(/:\*$/, "")),
    );
  }
  return undefined;
}
