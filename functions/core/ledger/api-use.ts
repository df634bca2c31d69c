import type { Catalogue } from "../catalogue/catalogue.ts";
import { type TaskPath, taskPath } from "../task-path.ts";
import { actionOfEvent } from "./event-action.ts";

/** Call to AWS by a session of a task role, as CloudTrail reports it. */
export interface ApiUse {
  /** CloudTrail's id of the event: the same call is never counted twice. */
  readonly eventId: string;
  /** Account whose bus forwarded the event. */
  readonly account: string;
  readonly role: string;
  /** Name of the session, which whoever made the session chose. */
  readonly session: string;
  /** Task that the session's name names; undefined where it is no task's. */
  readonly path: TaskPath | undefined;
  /** Access key of the call; `""` where the event has none. */
  readonly accessKeyId: string;
  /** Access key of the copy of the session that the call made (`sts:GetScopedCredentials`). */
  readonly copyKeyId?: string;
  /** True for a call that an AWS service made for the session, with a key of the service's own. */
  readonly isByService: boolean;
  /** Source identity of the session, which whoever made the session chose; `""` where it has none. */
  readonly sourceIdentity: string;
  /** IAM action; `<source>:<event>` where the catalogue has none. */
  readonly action: string;
  readonly isMapped: boolean;
  /** CloudTrail's name of the call. */
  readonly eventName: string;
  /** False for a call that changes something, by CloudTrail's word; undefined where it says nothing. */
  readonly isReadOnly: boolean | undefined;
  /** ARN, or `*` where the event names none. */
  readonly resource: string;
  /** True where IAM refused the call; a call that failed for another reason was allowed. */
  readonly isDenied: boolean;
  readonly errorCode?: string;
  /** Epoch seconds. */
  readonly at: number;
  readonly region: string;
  readonly sourceIp: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Longest text of an event that is recorded; characters. A longer one is cut. */
export const MOST_CHARACTERS = 512;

/** Codes by which services say that IAM refused. */
const DENIED = /AccessDenied|UnauthorizedOperation|NotAuthorized|Unauthorized$|AuthorizationError/;

/**
 * Reads an event of CloudTrail as EventBridge delivers it. The account is the envelope's, which EventBridge writes; nothing of the detail can claim another.
 * @returns undefined for an event of anything but a session of a task role of this account.
 */
export function apiUseOf(
  envelope: unknown,
  isTaskRole: (role: string) => boolean,
  catalogue: Catalogue,
): ApiUse | undefined {
  const { account, source, "detail-type": type, detail } = fieldsOf(envelope);
  if (typeof account !== "string" || typeof source !== "string" || !source.startsWith("aws.")) return undefined;
  if (type !== "AWS API Call via CloudTrail") return undefined;
  const event = fieldsOf(detail);
  const identity = fieldsOf(event.userIdentity);
  const [, owner, role = "", session = ""] = ASSUMED.exec(text(identity.arn)) ?? [];
  const at = Date.parse(text(event.eventTime)) / 1_000;
  const eventId = text(event.eventID);
  if (owner !== account || !isTaskRole(role) || !Number.isFinite(at) || eventId === "") return undefined;
  const [eventSource, eventName] = [text(event.eventSource), text(event.eventName)];
  const action = actionOfEvent(eventSource, eventName, catalogue);
  const errorCode = text(event.errorCode);
  const copyKeyId = isCopying(eventSource, eventName)
    ? text(fieldsOf(fieldsOf(event.responseElements).credentials).accessKeyId)
    : "";
  return {
    eventId,
    account,
    role,
    session,
    path: taskPath(session),
    accessKeyId: text(identity.accessKeyId),
    ...(copyKeyId === "" ? {} : { copyKeyId }),
    isByService: text(identity.invokedBy) !== "",
    sourceIdentity: text(fieldsOf(identity.sessionContext).sourceIdentity),
    action: action ?? `${eventSource}:${eventName}`,
    isMapped: action !== undefined,
    eventName,
    isReadOnly: typeof event.readOnly === "boolean" ? event.readOnly : undefined,
    resource: resourceOf(event, { account, partition: text(identity.arn).split(":")[1] ?? "aws" }),
    isDenied: DENIED.test(errorCode),
    ...(errorCode === "" ? {} : { errorCode }),
    at,
    region: text(event.awsRegion),
    sourceIp: text(event.sourceIPAddress),
  };
}

/** True for the call by which a session makes a copy of itself under another key. */
const isCopying = (source: string, name: string): boolean =>
  source === "sts.amazonaws.com" && name === "GetScopedCredentials";

const ASSUMED = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/;

/**
 * Resource of a call. What AWS lists comes first, then the parameter that names it, then AWS's sentence: a caller may write any ARN into another
 * parameter, and must not choose by it what is recorded.
 */
function resourceOf(
  { resources, requestParameters, errorMessage, awsRegion }: Fields,
  { account, partition }: { readonly account: string; readonly partition: string },
): string {
  const listed = (Array.isArray(resources) ? resources : []).map((each) => text(fieldsOf(each).ARN)).filter(isArn);
  if (listed.length > 0) return longestOf(listed);
  const parameters = fieldsOf(requestParameters);
  const { bucketName, key, secretId } = parameters;
  if (typeof bucketName === "string")
    return text(`arn:${partition}:s3:::${bucketName}${typeof key === "string" ? `/${key}` : ""}`);
  if (typeof secretId === "string")
    return text(
      isArn(secretId) ? secretId : `arn:${partition}:secretsmanager:${text(awsRegion)}:${account}:secret:${secretId}`,
    );
  // A denied call often has no parameters in its event, and its resource in AWS's sentence.
  const [, denied] = ON_RESOURCE.exec(text(errorMessage)) ?? [];
  const named = Object.values(parameters)
    .filter((value) => typeof value === "string")
    .filter(isArn);
  return text(denied ?? longestOf(named));
}

/** Most specific of some ARNs; `*` where there is none. */
const longestOf = (arns: readonly string[]): string => arns.toSorted((a, b) => b.length - a.length)[0] ?? "*";

const ON_RESOURCE = / on resource: "?(arn:[^\s"]+)/;
const isArn = (value: string): boolean => value.startsWith("arn:");
/** Text of an event, cut where it is too long; never in the middle of a character, since a store may refuse half of one. */
const text = (value: unknown): string =>
  typeof value === "string" ? value.slice(0, MOST_CHARACTERS).toWellFormed() : "";
const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
