import { type AgentId, isAgentId } from "../../../contract/agent-id.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { type AccountId, isAccountId } from "../deployment/account-id.ts";
import { isRegion, type Region } from "../deployment/region.ts";
import { type TaskPath, taskPath } from "../task-path.ts";
import { actionOfEvent } from "./event-action.ts";

/** Call to AWS by a session of a task role, as CloudTrail reports it. */
export interface ApiUse {
  /** CloudTrail's id of the event, by which no call is counted twice. */
  readonly eventId: string;
  /** Account whose bus forwarded the event. */
  readonly account: AccountId;
  readonly role: string;
  /** Name of the session, as its creator chose it. */
  readonly session: string;
  /** Task that has the session's name as its path; undefined for any other name. */
  readonly path: TaskPath | undefined;
  /** Access key of the call; `""` where the event has none. */
  readonly accessKeyId: string;
  /** Access key of the copy of the session that the call made (`sts:GetScopedCredentials`). */
  readonly copyKeyId?: string;
  /** True for a call that an AWS service made for the session, with a key of the service's own. */
  readonly isByService: boolean;
  /** Source identity of the session, as the session's creator chose it; `""` where it is no agent's id. */
  readonly sourceIdentity: AgentId | "";
  /** IAM action; `<source>:<event>` where the catalogue has none for the event. */
  readonly action: string;
  readonly isMapped: boolean;
  /** CloudTrail's name of the call. */
  readonly eventName: string;
  /** False for a call that changes something, according to CloudTrail; undefined where the event does not show it. */
  readonly isReadOnly: boolean | undefined;
  /** ARN, or `*` where the event names none. */
  readonly resource: string;
  /** ARNs of further resources of the call, such as the source of a copy; absent where the event names none. */
  readonly otherResources?: readonly string[];
  /** Resources that are secrets which the caller named by name, not by ARN; absent where there is none. */
  readonly namedSecrets?: readonly string[];
  /** Version of an S3 object, or delete marker, that the call has made; absent where it made none, or has no id. */
  readonly version?: string;
  /** True where IAM refused the call. A call that failed for another reason was allowed. */
  readonly isDenied: boolean;
  readonly errorCode?: string;
  /**
   * True where AWS reports that the session's own policy has denied the call. Absent where another policy has, or AWS
   * does not name it.
   */
  readonly isDeniedBySession?: true;
  /** Epoch seconds. */
  readonly at: number;
  /** `""` where the event names none. */
  readonly region: Region | "";
  readonly sourceIp: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Longest text of an event that is recorded; characters. A longer text is truncated. */
export const MOST_CHARACTERS = 512;

/** Error codes of services for a refusal by IAM. */
const DENIED = /AccessDenied|UnauthorizedOperation|NotAuthorized|Unauthorized$|AuthorizationError/;

/**
 * Reads an event of CloudTrail as EventBridge delivers it. The account is the one in the envelope, which EventBridge
 * writes, so the event's detail cannot claim another.
 * @returns undefined for any event that is not a call by a session of a task role of this account.
 */
export function apiUseOf(
  envelope: unknown,
  isTaskRole: (role: string) => boolean,
  catalogue: Catalogue,
): ApiUse | undefined {
  const { account, source, "detail-type": type, detail } = fieldsOf(envelope);
  if (!isAccountId(account) || typeof source !== "string" || !source.startsWith("aws.")) return undefined;
  if (type !== "AWS API Call via CloudTrail") return undefined;
  const event = fieldsOf(detail);
  const identity = fieldsOf(event.userIdentity);
  const { sourceIdentity } = fieldsOf(identity.sessionContext);
  const [, owner, role = "", session = ""] = ASSUMED.exec(text(identity.arn)) ?? [];
  const at = Date.parse(text(event.eventTime)) / 1_000;
  const eventId = text(event.eventID);
  if (owner !== account || !isTaskRole(role) || !Number.isFinite(at) || eventId === "") return undefined;
  const [eventSource, eventName] = [text(event.eventSource), text(event.eventName)];
  const { versionId } = fieldsOf(event.requestParameters);
  const isForGood = eventSource === S3 && eventName === "DeleteObject" && versionId !== undefined;
  const action = actionOfEvent(eventSource, isForGood ? "DeleteObjectVersion" : eventName, catalogue);
  const errorCode = text(event.errorCode);
  const copyKeyId = isCopying(eventSource, eventName)
    ? text(fieldsOf(fieldsOf(event.responseElements).credentials).accessKeyId)
    : "";
  const version = errorCode === "" && eventSource === S3 && !isForGood ? versionIn(eventName, event) : undefined;
  const place = { account, partition: text(identity.arn).split(":")[1] ?? "aws" };
  const resource = resourceOf(event, place);
  const otherResources = resourcesIn(event, place).filter((each) => each !== resource);
  const { secretId } = fieldsOf(event.requestParameters);
  const namedSecrets = [...(typeof secretId === "string" ? [secretId] : []), ...batchIn(event)]
    .filter((id) => !isArn(id))
    .map((id) => secretArn(id, event.awsRegion, place));
  return {
    eventId,
    account,
    role,
    session,
    path: taskPath(session),
    accessKeyId: text(identity.accessKeyId),
    ...(copyKeyId === "" ? {} : { copyKeyId }),
    isByService: text(identity.invokedBy) !== "",
    sourceIdentity: isAgentId(sourceIdentity) ? sourceIdentity : "",
    action: action ?? `${eventSource}:${eventName}`,
    isMapped: action !== undefined,
    eventName,
    isReadOnly: typeof event.readOnly === "boolean" ? event.readOnly : undefined,
    resource,
    ...(otherResources.length === 0 ? {} : { otherResources }),
    ...(namedSecrets.length === 0 ? {} : { namedSecrets }),
    ...(version === undefined ? {} : { version }),
    isDenied: DENIED.test(errorCode),
    ...(errorCode === "" ? {} : { errorCode }),
    ...(DENIED.test(errorCode) && isDeniedBySession(messageOf(event), namedIn(event, place).filter(isWhole))
      ? { isDeniedBySession: true }
      : {}),
    at,
    region: isRegion(event.awsRegion) ? event.awsRegion : "",
    sourceIp: text(event.sourceIPAddress),
  };
}

/** True for the call with which a session copies itself under another key. */
const isCopying = (source: string, name: string): boolean =>
  source === "sts.amazonaws.com" && name === "GetScopedCredentials";

const S3 = "s3.amazonaws.com";

/** Calls that make a version of an object in a bucket with versions. A deletion makes a delete marker. */
const MAKING_VERSIONS: ReadonlySet<string> = new Set([
  ...["PutObject", "CopyObject", "PostObject", "CompleteMultipartUpload", "DeleteObject"],
]);

/** Id of a version. S3 calls it opaque; its own have 32 of these characters. */
const VERSION_ID = /^[\w.~-]{1,64}$/;

/**
 * Reads the id of the version that a successful call has made. `null` is no id: without versioning, each write of a key has it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html (x-amz-version-id)
 */
function versionIn(eventName: string, { responseElements }: Fields): string | undefined {
  const { "x-amz-version-id": id } = fieldsOf(responseElements);
  const isOne = typeof id === "string" && VERSION_ID.test(id) && id !== "null";
  return isOne && MAKING_VERSIONS.has(eventName) ? id : undefined;
}

const ASSUMED = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/;

/** Account and partition of an event. */
interface Place {
  readonly account: AccountId;
  readonly partition: string;
}

/**
 * Returns the resource of a call. The resources that AWS lists come first, then the parameter that names one, then
 * AWS's error message. A caller may write any ARN into another parameter, and must not choose what is recorded.
 */
function resourceOf(event: Fields, place: Place): string {
  const named = namedIn(event, place);
  if (named.length > 0) return longestOf(named);
  // The event of a denied call often has no parameters, but names the resource in AWS's error message.
  const denied = resourceInDenial(messageOf(event));
  const given = Object.values(fieldsOf(event.requestParameters))
    .filter((value) => typeof value === "string")
    .filter(isArn);
  return text(denied ?? longestOf(given));
}

/** Lists the ARNs that AWS lists for a call; where it lists none, the one that the call's parameter names. */
function namedIn({ resources, requestParameters, awsRegion }: Fields, place: Place): readonly string[] {
  const listed = listedIn(resources);
  if (listed.length > 0) return listed;
  const { bucketName, key, secretId } = fieldsOf(requestParameters);
  if (typeof bucketName === "string")
    return [text(`arn:${place.partition}:s3:::${bucketName}${typeof key === "string" ? `/${key}` : ""}`)];
  return typeof secretId === "string" ? [secretArn(secretId, awsRegion, place)] : [];
}

/** Returns AWS's error message, truncated where it is longer than a sentence about the longest ARN. */
const messageOf = ({ errorMessage }: Fields): string =>
  typeof errorMessage === "string" ? errorMessage.slice(0, 4 * MOST_CHARACTERS) : "";

/** Lists every resource of a call: those that AWS lists, the source of a copy, and each secret of a batch. */
function resourcesIn({ resources, requestParameters, awsRegion }: Fields, place: Place): readonly string[] {
  const { "x-amz-copy-source": source } = fieldsOf(requestParameters);
  const [, copied] = typeof source === "string" ? (COPY_SOURCE.exec(source) ?? []) : [];
  return [
    ...listedIn(resources),
    ...(copied === undefined ? [] : [text(`arn:${place.partition}:s3:::${decoded(copied)}`)]),
    ...batchIn({ requestParameters }).map((id) => secretArn(id, awsRegion, place)),
  ].slice(0, MOST_RESOURCES);
}

/** Lists the ids of the secrets of a batch, as the caller wrote them. */
function batchIn({ requestParameters }: Fields): readonly string[] {
  const { secretIdList } = fieldsOf(requestParameters);
  return (Array.isArray(secretIdList) ? secretIdList : [])
    .filter((id) => typeof id === "string")
    .slice(0, MOST_RESOURCES);
}

/** Bucket and key of a copy's source, without its version. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const COPY_SOURCE = /^\/?([^/?]+\/[^?]+)/;

/** Upper bound on the resources of an event that are read. A batch of secrets has 20 at most. */
const MOST_RESOURCES = 64;

const listedIn = (resources: unknown): readonly string[] =>
  (Array.isArray(resources) ? resources : []).map((each) => text(fieldsOf(each).ARN)).filter(isArn);

const secretArn = (id: string, region: unknown, { account, partition }: Place): string =>
  text(isArn(id) ? id : `arn:${partition}:secretsmanager:${isRegion(region) ? region : ""}:${account}:secret:${id}`);

/** Decodes a part of a URL; returns a text that is not encoded as a URL unchanged. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Returns the most specific of some ARNs; `*` where there is none. */
const longestOf = (arns: readonly string[]): string => arns.toSorted((a, b) => b.length - a.length)[0] ?? "*";

/** False for a truncated text. */
const isWhole = (value: string): boolean => value.length < MOST_CHARACTERS;
const isArn = (value: string): boolean => value.startsWith("arn:");
/**
 * Returns a text of an event, truncated where it is too long, but never within a character: a store may refuse half of
 * one.
 */
const text = (value: unknown): string =>
  typeof value === "string" ? value.slice(0, MOST_CHARACTERS).toWellFormed() : "";
const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

/**
 * AWS's sentence for a call that IAM denied, up to the resource. EC2 puts a sentence of its own before it. Neither the
 * caller's ARN nor the action can contain a space.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const SENTENCE =
  /^(?:You are not authorized to perform this operation\. )?User: \S+ is not authorized to perform: ([\w-]+:\w+)/;

/** Resource in AWS's sentence: an ARN without a space, up to the reason or the end. S3 puts it in quotes. */
const RESOURCE = /^ on resource: (?:"(arn:[^\s"]+)"|(arn:[^\s"]+))(?= with an explicit deny in | because no |\.?$)/;

/**
 * Reads the resource that AWS's sentence names. An ARN with a space or a quotation mark is not read: the name of a
 * resource can contain words of AWS's sentences.
 * @returns undefined where the text is no such sentence, or names no such resource.
 */
function resourceInDenial(message: string): string | undefined {
  const [sentence] = SENTENCE.exec(message) ?? [];
  if (sentence === undefined) return undefined;
  const [, quoted, plain] = RESOURCE.exec(message.slice(sentence.length)) ?? [];
  return quoted ?? plain;
}

/**
 * True where AWS reports that the session's own policy has denied the call. The sentence must be exactly AWS's around
 * a resource that the event names elsewhere. Whoever names a resource thus writes nothing that is read as AWS's words.
 * @param resources ARNs that the event names, other than in this sentence.
 */
function isDeniedBySession(message: string, resources: readonly string[]): boolean {
  const [sentence, action] = SENTENCE.exec(message) ?? [];
  if (sentence === undefined) return false;
  const places = ["", ...resources.flatMap((arn) => [` on resource: ${arn}`, ` on resource: "${arn}"`])];
  const reasons = [
    " with an explicit deny in a session policy",
    ` because no session policy allows the ${action} action`,
  ];
  return places.some((place) => reasons.some((reason) => message.slice(sentence.length) === `${place}${reason}`));
}
