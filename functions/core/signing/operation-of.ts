import type { AwsHost } from "./aws-hosts.ts";
import type { RequestToSign } from "./request.ts";
import data from "./s3-operations.json" with { type: "json" };

/** Operation of S3, and what a request of it has besides its body. */
interface S3Operation {
  readonly method: string;
  readonly place: string;
  /** Parameters of the query that are all there; `list-type=2` with its value, `acl` with none. */
  readonly needed: readonly string[];
  readonly optional: ReadonlySet<string>;
  readonly headers: readonly string[];
  readonly name: string;
}

const listOf = (text: string, mark: string) => text.split(mark).filter((each) => each !== "");

const S3_OPERATIONS: readonly S3Operation[] = data.operations.map((row) => {
  const [method = "", place = "", needed = "", optional = "", headers = "", name = ""] = row.split("\t");
  const names = new Set(listOf(optional, ","));
  return { method, place, needed: listOf(needed, "&"), optional: names, headers: listOf(headers, ","), name };
});

/** Headers that make another operation of the same method and path. */
const DECIDING: ReadonlySet<string> = new Set([
  ...S3_OPERATIONS.flatMap(({ headers }) => headers),
  "x-amz-rename-source",
]);

/**
 * Names the operation (`dynamodb:PutItem`) of a request in which `faultOf` finds nothing, where signed method, path,
 * query and headers decide it alone.
 * @returns undefined for every other request: its body may decide, or nobody knows.
 */
export function operationOf(request: RequestToSign, host: AwsHost): string | undefined {
  if (host.service === "sts") return asksWhoCalls(request) ? CALLER_IDENTITY : undefined;
  const name = host.signsAs === "s3" ? s3Operation(request, host) : targetOperation(request, host);
  return name === undefined ? undefined : `${host.service}:${name}`;
}

/** One operation of STS that returns no session. */
export const CALLER_IDENTITY = "sts:GetCallerIdentity";

/**
 * SHA-256 of `Action=GetCallerIdentity&Version=2011-06-15`, the body of every SDK. The call has no parameters, so its
 * body is one text, and the hash names it.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
const CALLER_IDENTITY_BODY = "ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843";

/** True where a request to STS can only be `GetCallerIdentity`. */
function asksWhoCalls({ method, path, query, headers, payloadHash }: RequestToSign): boolean {
  const isForm = headers.some(
    ([name, value]) =>
      name.toLowerCase() === "content-type" && /^application\/x-www-form-urlencoded(?:; charset=utf-8)?$/i.test(value),
  );
  const isMarked = headers.some(([name]) => /^(?:x-amz-target|smithy-protocol|content-encoding)$/i.test(name));
  return (
    method === "POST" && path === "/" && query === "" && isForm && !isMarked && payloadHash === CALLER_IDENTITY_BODY
  );
}

/** Reads the target of a request of JSON. A form's body, or an `Action` in the query, would name another operation. */
function targetOperation({ method, path, query, headers }: RequestToSign, host: AwsHost): string | undefined {
  if (method !== "POST" || path !== "/" || query !== "" || host.targetPrefix === undefined) return undefined;
  const values = (wanted: string) =>
    headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const [type, ...types] = values("content-type");
  const [target, ...targets] = values("x-amz-target");
  if (types.length > 0 || targets.length > 0 || values("smithy-protocol").length > 0) return undefined;
  if (type === undefined || !/^application\/x-amz-json-1\.[01]$/.test(type)) return undefined;
  const prefix = `${host.targetPrefix}.`;
  if (!target?.startsWith(prefix)) return undefined;
  const name = target.slice(prefix.length);
  return /^[A-Z][A-Za-z0-9]+$/.test(name) ? name : undefined;
}

function s3Operation({ method, path, query, headers }: RequestToSign, { bucket }: AwsHost): string | undefined {
  const place = s3Place(path, bucket);
  const given = queryOf(query);
  if (place === undefined || given === undefined) return undefined;
  const deciding = headers.map(([name]) => name.toLowerCase()).filter((name) => DECIDING.has(name));
  const named = given.get("x-id");
  given.delete("x-id");
  const [found, ...others] = S3_OPERATIONS.filter(
    (each) => each.method === method && each.place === place && isAsked(each, given) && isSame(each.headers, deciding),
  );
  if (found === undefined || others.length > 0) return undefined;
  return named === undefined || named === found.name ? found.name : undefined;
}

/** Reads whether a path names a bucket or an object. An escaped slash or an empty bucket has two readings. */
function s3Place(path: string, bucket: string | undefined): string | undefined {
  if (/%2f/i.test(path)) return undefined;
  if (bucket !== undefined) return path === "/" ? "bucket" : "object";
  const [, inPath, key] = /^\/([^/]*)(?:\/(.*))?$/.exec(path) ?? [];
  if (inPath === "") return path === "/" ? "service" : undefined;
  return key === undefined || key === "" ? "bucket" : "object";
}

/** Parses a query; undefined where a name is there twice. No operation knows an encoded name. */
function queryOf(query: string): Map<string, string> | undefined {
  const given = new Map<string, string>();
  for (const pair of listOf(query, "&")) {
    const at = pair.indexOf("=");
    const name = at < 0 ? pair : pair.slice(0, at);
    if (given.has(name)) return undefined;
    given.set(name, at < 0 ? "" : pair.slice(at + 1));
  }
  return given;
}

function isAsked({ needed, optional }: S3Operation, given: ReadonlyMap<string, string>): boolean {
  const names = new Set(optional);
  for (const each of needed) {
    const [name = "", value] = each.split("=");
    const own = given.get(name);
    if (own === undefined || (value !== undefined && own !== value)) return false;
    names.add(name);
  }
  return [...given.keys()].every((name) => names.has(name));
}

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((each) => other.includes(each));
