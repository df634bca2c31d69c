import { xmlAnswer } from "../answers.ts";
import type { ContextValues } from "../need.ts";
import type { Call, Caller, Service } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import { type Answer, decode, queryPairs, type WireRequest } from "../wire-request.ts";
import { type Bucket, type Buckets, type StoredObject, storeObject } from "./buckets.ts";
import { listObjects } from "./s3-list.ts";

/** Any other parameter asks for something that is not built (`acl`, `uploads`, ...), and must not be mistaken for the plain call. */
const KNOWN_PARAMETERS =
  /^(list-type|prefix|delimiter|max-keys|max-buckets|continuation-token|start-after|encoding-type|fetch-owner|location|x-id|response-[\w-]+|X-Amz-[\w-]+)$/;
const KEPT_HEADERS =
  /^(content-type|content-encoding|content-disposition|content-language|cache-control|x-amz-meta-.+)$/;
/** Sent as such, and meaning something that is not built. */
const UNBUILT_HEADERS = ["x-amz-copy-source", "range", "x-amz-acl", "x-amz-tagging"];
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const EMPTY: Answer = { status: 200, headers: {}, body: "" };

interface S3Request {
  readonly wire: WireRequest;
  readonly caller: Caller;
  readonly bucketName: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
}

/** S3, path style: objects put, got, headed, listed and deleted; buckets created, headed and listed. */
export function s3Service(buckets: Buckets, now: () => number): Service {
  return {
    name: "s3",
    format: "s3",
    open(wire, caller): Call {
      const request = readRequest(wire, caller);
      if (request.bucketName === "") return listBuckets(request, buckets);
      return request.key === "" ? bucketCall(request, buckets, now) : objectCall(request, buckets, now);
    },
  };
}

function readRequest(wire: WireRequest, caller: Caller): S3Request {
  const [, bucketName = "", key = ""] = /^\/([^/]*)(?:\/(.*))?$/s.exec(wire.rawPath) ?? [];
  const query = new Map(queryPairs(wire.rawQuery));
  const unbuilt = [
    ...[...query.keys()].filter((name) => !KNOWN_PARAMETERS.test(name)),
    ...UNBUILT_HEADERS.filter((name) => wire.headers[name] !== undefined),
  ];
  if (unbuilt.length > 0) throw notBuilt(unbuilt.join(", "));
  if (bucketName !== "" && !BUCKET_NAME.test(bucketName))
    throw new ServiceError("InvalidBucketName", "The specified bucket is not valid.", 400);
  return { wire, caller, bucketName, key: decode(key), query };
}

function listBuckets({ wire, caller, query }: S3Request, buckets: Buckets): Call {
  if (wire.method !== "GET") throw notBuilt(`${wire.method} of the service`);
  const most = Number(query.get("max-buckets") ?? Number.POSITIVE_INFINITY);
  const all = buckets.of(caller.account);
  const Bucket = all
    .slice(0, most)
    .map(({ name, createdAt }) => ({ Name: name, CreationDate: new Date(createdAt).toISOString() }));
  return {
    operation: "ListBuckets",
    needs: [{ action: "s3:ListAllMyBuckets", resource: "*", resourceAccount: caller.account }],
    perform: () =>
      xmlAnswer({
        ListAllMyBucketsResult: {
          Owner: { ID: caller.account },
          Buckets: Bucket.length === 0 ? "" : { Bucket },
          ...(all.length > most ? { ContinuationToken: "more" } : {}),
        },
      }),
  };
}

function bucketCall(request: S3Request, buckets: Buckets, now: () => number): Call {
  const { wire, query, caller, bucketName } = request;
  const found = (): Bucket => buckets.find(bucketName) ?? noBucket(bucketName);
  if (wire.method === "PUT")
    return call("CreateBucket", "s3:CreateBucket", request, buckets, () => {
      if (buckets.find(bucketName))
        throw new ServiceError("BucketAlreadyOwnedByYou", "The bucket exists already.", 409);
      buckets.put(caller.account, bucketName, now());
      return { ...EMPTY, headers: { location: `/${bucketName}` } };
    });
  if (wire.method === "HEAD")
    return call("HeadBucket", "s3:ListBucket", request, buckets, () => {
      found();
      return { ...EMPTY, headers: { "x-amz-bucket-region": caller.region } };
    });
  if (wire.method === "GET" && query.has("location"))
    return call("GetBucketLocation", "s3:GetBucketLocation", request, buckets, () => {
      found();
      return xmlAnswer({ LocationConstraint: "" });
    });
  if (wire.method !== "GET" || query.get("list-type") !== "2") throw notBuilt(`${wire.method} of a bucket`);
  const context: Record<string, string> = {};
  for (const name of ["prefix", "delimiter", "max-keys"]) {
    const value = query.get(name);
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  return call("ListObjectsV2", "s3:ListBucket", request, buckets, () => listObjects(found(), query), context);
}

function objectCall(request: S3Request, buckets: Buckets, now: () => number): Call {
  const { wire, bucketName, key } = request;
  const found = (): Bucket => buckets.find(bucketName) ?? noBucket(bucketName);
  if (wire.method === "PUT") {
    const noneMatch = wire.headers["if-none-match"];
    const context: ContextValues = noneMatch === undefined ? {} : { "s3:if-none-match": noneMatch };
    const put = () => {
      const kept = Object.entries(wire.headers)
        .filter(([name]) => KEPT_HEADERS.test(name))
        .map(([name, value]) => [name, value.replace(/(^|,\s*)aws-chunked(,\s*|$)/, "")] as const)
        .filter(([, value]) => value !== "");
      const bucket = found();
      refuseByCondition(wire, bucket.objects.get(key));
      refuseLocked(bucket.objects.get(key), now());
      const lockedUntil = Date.parse(wire.headers["x-amz-object-lock-retain-until-date"] ?? "");
      const { etag } = storeObject(bucket, key, wire.body, Object.fromEntries(kept), now(), lockedUntil);
      return { ...EMPTY, headers: { etag } };
    };
    return call("PutObject", putActions(wire), request, buckets, put, context);
  }
  if (wire.method === "GET" || wire.method === "HEAD")
    return call(wire.method === "GET" ? "GetObject" : "HeadObject", "s3:GetObject", request, buckets, () => {
      const object = found().objects.get(key);
      if (!object) throw new ServiceError("NoSuchKey", "The specified key does not exist.", 404);
      const headers = {
        "content-type": "binary/octet-stream",
        ...object.headers,
        etag: object.etag,
        "last-modified": new Date(object.lastModified).toUTCString(),
        "content-length": String(object.body.length),
      };
      return { status: 200, headers, body: wire.method === "HEAD" ? "" : object.body };
    });
  if (wire.method !== "DELETE") throw notBuilt(`${wire.method} of an object`);
  return call("DeleteObject", "s3:DeleteObject", request, buckets, () => {
    refuseLocked(found().objects.get(key), now());
    found().objects.delete(key);
    return { ...EMPTY, status: 204 };
  });
}

/** Actions that a put takes: a retention is a right of its own. */
const putActions = ({ headers }: WireRequest): readonly string[] =>
  headers["x-amz-object-lock-mode"] === undefined ? ["s3:PutObject"] : ["s3:PutObject", "s3:PutObjectRetention"];

/** Refuses a write whose condition does not hold. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
function refuseByCondition({ headers }: WireRequest, object: StoredObject | undefined): void {
  const [match, noneMatch] = [headers["if-match"], headers["if-none-match"]];
  if (noneMatch !== undefined && noneMatch !== "*") throw notBuilt("if-none-match of an entity tag");
  if (match !== undefined && !object) throw new ServiceError("NoSuchKey", "The specified key does not exist.", 404);
  if ((noneMatch === "*" && object) || (match !== undefined && object?.etag !== match))
    throw new ServiceError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
}

/** Refuses to write over or remove what is locked. S3 keeps the version instead; nothing here has versions, so the refusal is stricter. */
function refuseLocked(object: StoredObject | undefined, nowMs: number): void {
  if ((object?.lockedUntil ?? 0) > nowMs)
    throw new ServiceError("AccessDenied", "Access Denied because object protected by object lock.", 403);
}

function call(
  operation: string,
  actions: string | readonly string[],
  { bucketName, key, caller }: S3Request,
  buckets: Buckets,
  perform: () => Answer,
  context: ContextValues = {},
): Call {
  const bucket = buckets.find(bucketName);
  const resource = `arn:aws:s3:::${bucketName}${key === "" ? "" : `/${key}`}`;
  // A bucket that is not there yet is the caller's own.
  const resourceAccount = bucket?.account ?? caller.account;
  const need = { resource, resourceAccount, context: { "s3:ResourceAccount": resourceAccount, ...context } };
  const policy = bucket?.policy === undefined ? {} : { resourcePolicy: bucket.policy };
  return { operation, needs: [actions].flat().map((action) => ({ action, ...need, ...policy })), perform };
}

const noBucket = (name: string): never => {
  throw new ServiceError("NoSuchBucket", `The specified bucket does not exist: ${name}`, 404);
};
const notBuilt = (what: string): ServiceError =>
  new ServiceError("NotImplemented", `The embedded S3 does not do this: ${what}.`, 501);
