import { serviceOf } from "../catalogue/action-name.ts";
import { defined } from "../defined.ts";
import type { AccountId } from "../deployment/account-id.ts";
import type { Region } from "../deployment/region.ts";
import type { Detail } from "../intent/detail.ts";
import { globFromIam, matches } from "../text/glob.ts";
import { allowsCall, pairsOf, type RequestedPair } from "./coverage.ts";
import type { UseRow } from "./ledger.ts";

/** Way in which calls of an action are seen. */
export type Visibility =
  /** Seen by management events, which every account has in EventBridge without a paid trail. */
  | "management"
  /** Seen by data events, which the account's trail selects. */
  | "data_event_selected"
  /** Has data events, but no trail selects them: the uses are unknown. */
  | "data_event_not_selected"
  /** Made in a Region whose calls are not forwarded: the uses are unknown. */
  | "region_not_forwarded"
  /** IAM checks the action within another action's call, and only that call has an event: the uses are unknown. */
  | "never_logged";

/** Calls of an account that reach the hub. */
export interface Seen {
  /** Services whose data events the account's trail selects. */
  readonly dataEvents: readonly string[];
  /** Regions with a forwarding rule. */
  readonly regions: readonly Region[];
}

/** Row of a task's ledger: an action on a resource, with what of it was requested, granted, used and denied. */
export interface LedgerRow {
  readonly action: string;
  readonly resource: string;
  /** True for a requested part of the intent, whether or not policy granted it. */
  readonly asked: boolean;
  /** True for a granted part of the intent. */
  readonly granted: boolean;
  readonly used: number;
  readonly denied: number;
  readonly visibility: Visibility;
  readonly first?: number;
  readonly last?: number;
  readonly region?: Region | "";
  readonly source_ip?: string;
  readonly error?: string;
  /** Versions of an S3 object that the calls have made. */
  readonly versions?: readonly string[];
}

/** Actions that CloudTrail records as data events, by service. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html */
const DATA_EVENTS: Readonly<Record<string, RegExp>> = {
  s3: /:(Get|Put|Delete|Restore|Abort)(Object|Multipart)|:ListMultipartUploadParts|:ListBucket$|:ListBucketVersions|:SelectObject/,
  dynamodb:
    /:(Get|Put|Update|Delete|BatchGet|BatchWrite|ConditionCheck)Item|:Query|:Scan|:PartiQL|:GetRecords|:GetShardIterator/,
  lambda: /:Invoke/,
  sqs: /:(Send|Receive|Delete)Message|:ChangeMessageVisibility/,
  sns: /:Publish/,
  kinesis: /:(Put|Get)Records?|:GetShardIterator|:SubscribeToShard/,
  logs: /:PutLogEvents|:GetLogEvents|:FilterLogEvents|:StartQuery|:GetQueryResults/,
  ssm: /:(Send|Receive)Message/,
  bedrock: /:Invoke|:Converse|:Retrieve/,
};

/**
 * Actions without an event of their own. Reviewed: "[permission only]" in
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html and the lists of other
 * services. The catalogue does not have this data.
 */
const NEVER_LOGGED: ReadonlySet<string> = new Set([
  ...["iam:PassRole", "s3:BypassGovernanceRetention", "s3:InitiateReplication", "s3:ObjectOwnerOverrideToBucketOwner"],
  ...["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
]);

/**
 * Returns how calls of an action are seen, in a Region with a forwarding rule. Calls on a resource without a Region in
 * its ARN are seen in such Regions only.
 * @param dataEvents services whose data events the account's trail selects.
 */
function visibilityOf(action: string, dataEvents: readonly string[]): Visibility {
  const service = serviceOf(action);
  if (NEVER_LOGGED.has(action)) return "never_logged";
  if (!DATA_EVENTS[service]?.test(action)) return "management";
  return dataEvents.includes(service) ? "data_event_selected" : "data_event_not_selected";
}

/** True for a resource in a Region with a forwarding rule, or without a Region. */
const isForwarded = (resource: string, regions: readonly string[]): boolean => {
  const region = resource.split(":")[3] ?? "";
  return region === "" || regions.includes(region);
};

/** True for a use that IAM may have allowed or denied because of this pair. */
const isCovered = ({ action, resource }: UseRow, pair: RequestedPair): boolean =>
  allowsCall(pair.action, action) && (resource === "*" || matches(globFromIam(pair.resource), resource));

/**
 * Joins the grants of a task and its uses. Each used resource is a row. Each granted pair without a known use is a row
 * without uses. So is each requested pair that was not granted.
 * @param seenOf returns the calls of an account that reach the hub.
 */
export function ledgerOf(
  details: readonly Detail[],
  ungranted: readonly RequestedPair[],
  uses: readonly UseRow[],
  seenOf: (account: AccountId) => Seen,
): readonly LedgerRow[] {
  const pairs = details.flatMap(pairsOf);
  const everywhere = [...new Set(pairs.flatMap(({ account }) => seenOf(account).dataEvents))];
  const used = uses.map((use): LedgerRow => {
    const pair = pairs.find((each) => isCovered(use, each));
    const { action, resource, used: times, denied, first, last, region, sourceIp, errorCode, versions } = use;
    return {
      action,
      resource,
      used: times,
      denied,
      asked: pair !== undefined || ungranted.some((each) => isCovered(use, each)),
      granted: pair !== undefined,
      visibility: visibilityOf(action, pair ? seenOf(pair.account).dataEvents : everywhere),
      first,
      last,
      region,
      source_ip: sourceIp,
      ...defined({ error: errorCode, versions }),
    };
  });
  const unused = pairs
    .filter((pair) => !uses.some((use) => isCovered(use, pair)))
    .map(({ account, action, resource }): LedgerRow => {
      const { dataEvents, regions } = seenOf(account);
      const visibility = isForwarded(resource, regions) ? visibilityOf(action, dataEvents) : "region_not_forwarded";
      return { action, resource, asked: true, granted: true, used: 0, denied: 0, visibility };
    });
  const refused = ungranted
    .filter((pair) => !uses.some((use) => isCovered(use, pair)))
    .map(({ action, resource }): LedgerRow => {
      const visibility = visibilityOf(action, everywhere);
      return { action, resource, asked: true, granted: false, used: 0, denied: 0, visibility };
    });
  return [...used, ...unused, ...refused].toSorted((a, b) =>
    a.action < b.action ? -1 : a.action > b.action ? 1 : b.used - a.used,
  );
}
