import type { Catalogue } from "../catalogue/catalogue.ts";
import { type TaskPath, taskPath } from "../tasks/path.ts";
import { actionOfEvent } from "./event-action.ts";

/** Call to AWS by a session of a task role, as CloudTrail reports it. */
export interface ApiUse {
  /** CloudTrail's id of the event: the same call is never counted twice. */
  readonly eventId: string;
  /** Account whose bus forwarded the event. */
  readonly account: string;
  readonly role: string;
  /** Task that the session's name names. */
  readonly path: TaskPath;
  readonly accessKeyId: string;
  /** IAM action; `<source>:<event>` where the catalogue has none. */
  readonly action: string;
  readonly isMapped: boolean;
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

/** Longest text of an event that is recorded; characters. */
const MOST = 512;

/** Codes by which services say that IAM refused. */
const DENIED = /AccessDenied|UnauthorizedOperation|NotAuthorized|Unauthorized$|AuthorizationError/;

/**
 * Reads an event of CloudTrail as EventBridge delivers it. The account is the envelope's, which EventBridge writes; nothing of the detail can claim another.
 * @param isTasks true for a session that acts for a task: its role, and its source identity or `""`.
 * @returns undefined for an event of anything but a session of a task role of this account with a task's name.
 */
export function apiUseOf(
  envelope: unknown,
  isTasks: (role: string, sourceIdentity: string) => boolean,
  catalogue: Catalogue,
): ApiUse | undefined {
  const { account, source, "detail-type": type, detail } = fieldsOf(envelope);
  if (typeof account !== "string" || typeof source !== "string" || !source.startsWith("aws.")) return undefined;
  if (type !== "AWS API Call via CloudTrail") return undefined;
  const event = fieldsOf(detail);
  const identity = fieldsOf(event.userIdentity);
  const [, owner, role = "", session = ""] = ASSUMED.exec(text(identity.arn)) ?? [];
  const path = taskPath(session);
  const at = Date.parse(text(event.eventTime)) / 1_000;
  const eventId = text(event.eventID);
  const sourceIdentity = text(fieldsOf(identity.sessionContext).sourceIdentity);
  if (owner !== account || !isTasks(role, sourceIdentity) || !path || !Number.isFinite(at) || eventId === "")
    return undefined;
  const [eventSource, eventName] = [text(event.eventSource), text(event.eventName)];
  const action = actionOfEvent(eventSource, eventName, catalogue);
  const errorCode = text(event.errorCode);
  return {
    eventId,
    account,
    role,
    path,
    accessKeyId: text(identity.accessKeyId),
    action: action ?? `${eventSource}:${eventName}`,
    isMapped: action !== undefined,
    resource: resourceOf(event),
    isDenied: DENIED.test(errorCode),
    ...(errorCode === "" ? {} : { errorCode }),
    at,
    region: text(event.awsRegion),
    sourceIp: text(event.sourceIPAddress),
  };
}

const ASSUMED = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/;

/** Resource of a call: the most specific ARN that the event lists, or the one that the request names. */
function resourceOf({ resources, requestParameters }: Fields): string {
  const listed = (Array.isArray(resources) ? resources : []).map((each) => text(fieldsOf(each).ARN)).filter(isArn);
  const parameters = fieldsOf(requestParameters);
  const { bucketName, key } = parameters;
  if (typeof bucketName === "string" && listed.length === 0)
    return `arn:aws:s3:::${bucketName}${typeof key === "string" ? `/${key}` : ""}`.slice(0, MOST);
  const named = Object.values(parameters)
    .filter((value) => typeof value === "string")
    .filter(isArn);
  const longest = [...listed, ...named].toSorted((a, b) => b.length - a.length)[0];
  return (longest ?? "*").slice(0, MOST);
}

const isArn = (value: string): boolean => value.startsWith("arn:");
const text = (value: unknown): string => (typeof value === "string" ? value.slice(0, MOST) : "");
const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
