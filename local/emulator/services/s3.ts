import { xmlAnswer } from "../answers.ts";
import type { ContextValues } from "../need.ts";
import type { Call, Caller, Service } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import { type Answer, decode, queryPairs, type WireRequest } from "../wire-request.ts";
import { type Bucket, type Buckets, type StoredObject, storeObject } from "./buckets.ts";
import { type EncryptionKeys, keyNeed, refuseDisabled } from "./encryption-keys.ts";
import { listObjects } from "./s3-list.ts";

/** Parameters of the calls that exist here. Another one (`acl`, `uploads`, ...) is another call, and is refused. */
const KNOWN_PARAMETERS =
  /^(tagging|abac|list-type|prefix|delimiter|max-keys|max-buckets|continuation-token|start-after|encoding-type|fetch-owner|location|x-id|response-[\w-]+|X-Amz-[\w-]+)$/;
const KEPT_HEADERS =
  /^(content-type|content-encoding|content-disposition|content-language|cache-control|x-amz-meta-.+)$/;
/** Headers of features that are not built. */
const UNBUILT_HEADERS = ["x-amz-copy-source", "range", "x-amz-acl"];
/**
 * Headers that name an encryption key, of KMS or of the caller. A caller's own key is not built: only policies see its
 * header.
 */
const KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id";
const CUSTOMER_KEY = "x-amz-server-side-encryption-customer-algorithm";
const STORAGE_CLASS = "x-amz-storage-class";
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const EMPTY: Answer = { status: 200, headers: {}, body: "" };

/** Settings of a bucket that are put as a whole, in XML. */
const SETTABLE: readonly {
  readonly parameter: string;
  readonly operation: string;
  readonly set: (bucket: Bucket, body: string) => void;
}[] = [
  {
    parameter: "tagging",
    operation: "PutBucketTagging",
    set: (bucket, body) => {
      const pairs = body.matchAll(/<Tag><Key>([^<&]*)<\/Key><Value>([^<&]*)<\/Value><\/Tag>/g);
      bucket.tags = Object.fromEntries([...pairs].map(([, key = "", value = ""]) => [key, value]));
    },
  },
  {
    parameter: "abac",
    operation: "PutBucketAbac",
    set: (bucket, body) => {
      bucket.isAbac = body.includes("<Status>Enabled</Status>");
    },
  },
];

interface S3Request {
  readonly wire: WireRequest;
  readonly caller: Caller;
  readonly bucketName: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
}

/** State that S3 works on. */
interface S3State {
  readonly buckets: Buckets;
  readonly encryptionKeys: EncryptionKeys;
  readonly now: () => number;
}

/**
 * S3, path style: put, get, head, list and delete objects; create, head, list and delete buckets, and set their tags
 * and ABAC.
 */
export function s3Service(state: S3State): Service {
  const { buckets, now } = state;
  return {
    name: "s3",
    format: "s3",
    open(wire, caller): Call {
      const request = readRequest(wire, caller);
      if (request.bucketName === "") return listBuckets(request, buckets);
      return request.key === "" ? bucketCall(request, buckets, now) : objectCall(request, state);
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
  const settable = wire.method === "PUT" ? SETTABLE.find(({ parameter }) => query.has(parameter)) : undefined;
  if (settable)
    return call(settable.operation, `s3:${settable.operation}`, request, buckets, () => {
      settable.set(found(), wire.body.toString("utf8"));
      return EMPTY;
    });
  if (query.has("tagging") || query.has("abac")) throw notBuilt(`${wire.method} of a bucket's ${[...query.keys()]}`);
  if (wire.method === "PUT")
    return call("CreateBucket", "s3:CreateBucket", request, buckets, () => {
      if (buckets.find(bucketName))
        throw new ServiceError("BucketAlreadyOwnedByYou", "The bucket exists already.", 409);
      buckets.put(caller.account, bucketName, now());
      return { ...EMPTY, headers: { location: `/${bucketName}` } };
    });
  if (wire.method === "DELETE" && !query.has("policy"))
    return call("DeleteBucket", "s3:DeleteBucket", request, buckets, () => {
      if (found().objects.size > 0)
        throw new ServiceError("BucketNotEmpty", "The bucket you tried to delete is not empty.", 409);
      buckets.remove(bucketName);
      return { ...EMPTY, status: 204 };
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

function objectCall(request: S3Request, { buckets, encryptionKeys, now }: S3State): Call {
  const { wire, caller, bucketName, key } = request;
  const found = (): Bucket => buckets.find(bucketName) ?? noBucket(bucketName);
  if (request.query.has("tagging") || request.query.has("abac")) throw notBuilt("tagging of an object that is there");
  if (wire.method === "PUT") {
    const tags = Object.fromEntries(new URLSearchParams(wire.headers["x-amz-tagging"] ?? ""));
    const noneMatch = wire.headers["if-none-match"];
    const kmsKey = encryptedWith(wire);
    const encryption = kmsKey === undefined ? undefined : encryptionKeys.find(kmsKey);
    const context: ContextValues = {
      ...(noneMatch === undefined ? {} : { "s3:if-none-match": noneMatch }),
      ...(kmsKey === undefined ? {} : { [`s3:${KMS_KEY}`]: kmsKey }),
      ...prefixed("s3:RequestObjectTag", tags),
      ...(wire.headers[CUSTOMER_KEY] === undefined ? {} : { [`s3:${CUSTOMER_KEY}`]: wire.headers[CUSTOMER_KEY] }),
      ...(wire.headers[STORAGE_CLASS] === undefined ? {} : { [`s3:${STORAGE_CLASS}`]: wire.headers[STORAGE_CLASS] }),
    };
    const put = () => {
      const headers = Object.entries(wire.headers)
        .filter(([name]) => KEPT_HEADERS.test(name))
        .map(([name, value]) => [name, value.replace(/(^|,\s*)aws-chunked(,\s*|$)/, "")] as const)
        .filter(([, value]) => value !== "");
      const bucket = found();
      if (encryption) refuseDisabled(encryption);
      refuseByCondition(wire, bucket.objects.get(key));
      refuseLocked(bucket.objects.get(key), now());
      const lockedUntil = Date.parse(wire.headers["x-amz-object-lock-retain-until-date"] ?? "");
      const { etag } = storeObject(bucket, key, wire.body, Object.fromEntries(headers), now(), {
        ...(Number.isNaN(lockedUntil) ? {} : { lockedUntil }),
        ...(kmsKey === undefined ? {} : { kmsKey }),
        tags,
      });
      return { ...EMPTY, headers: { etag } };
    };
    const { needs, ...asked } = call("PutObject", putActions(wire), request, buckets, put, context);
    const own = encryption ? [keyNeed(encryption, "GenerateDataKey", caller)] : [];
    return { ...asked, needs: [...needs, ...own] };
  }
  if (wire.method === "GET" || wire.method === "HEAD") {
    const { kmsKey, tags = {} } = buckets.find(bucketName)?.objects.get(key) ?? {};
    const encryption = kmsKey === undefined ? undefined : encryptionKeys.find(kmsKey);
    const { needs, ...asked } = call(
      wire.method === "GET" ? "GetObject" : "HeadObject",
      "s3:GetObject",
      request,
      buckets,
      () => {
        const object = found().objects.get(key);
        if (!object) throw new ServiceError("NoSuchKey", "The specified key does not exist.", 404);
        const headers = {
          "content-type": "binary/octet-stream",
          ...object.headers,
          etag: object.etag,
          "last-modified": new Date(object.lastModified).toUTCString(),
          "content-length": String(object.body.length),
        };
        if (encryption) refuseDisabled(encryption);
        return { status: 200, headers, body: wire.method === "HEAD" ? "" : object.body };
      },
      prefixed("s3:ExistingObjectTag", tags),
    );
    const own = encryption ? [keyNeed(encryption, "Decrypt", caller)] : [];
    return { ...asked, needs: [...needs, ...own] };
  }
  if (wire.method !== "DELETE") throw notBuilt(`${wire.method} of an object`);
  return call("DeleteObject", "s3:DeleteObject", request, buckets, () => {
    refuseLocked(found().objects.get(key), now());
    found().objects.delete(key);
    return { ...EMPTY, status: 204 };
  });
}

/** Reads the ARN of the KMS key that a put requests; undefined where it requests none. */
function encryptedWith({ headers }: WireRequest): string | undefined {
  const algorithm = headers["x-amz-server-side-encryption"];
  if (algorithm === undefined || algorithm === "AES256") return undefined;
  const key = headers[KMS_KEY];
  if (algorithm !== "aws:kms" || key === undefined) throw notBuilt(`encryption by ${algorithm} without a key's ARN`);
  return key;
}

/** Lists the actions that a put needs: a retention and tags are rights of their own. */
const putActions = ({ headers }: WireRequest): readonly string[] => [
  "s3:PutObject",
  ...(headers["x-amz-object-lock-mode"] === undefined ? [] : ["s3:PutObjectRetention"]),
  ...(headers["x-amz-tagging"] === undefined ? [] : ["s3:PutObjectTagging"]),
];

/** Refuses a write whose condition does not hold. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
function refuseByCondition({ headers }: WireRequest, object: StoredObject | undefined): void {
  const [match, noneMatch] = [headers["if-match"], headers["if-none-match"]];
  if (noneMatch !== undefined && noneMatch !== "*") throw notBuilt("if-none-match of an entity tag");
  if (match !== undefined && !object) throw new ServiceError("NoSuchKey", "The specified key does not exist.", 404);
  if ((noneMatch === "*" && object) || (match !== undefined && object?.etag !== match))
    throw new ServiceError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
}

/**
 * Refuses to overwrite or remove a locked object. S3 would retain the old version. Versions do not exist here, so the
 * refusal is stricter.
 */
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
  // A bucket that does not exist yet counts as the caller's own.
  const resourceAccount = bucket?.account ?? caller.account;
  const visibleTags = bucket?.isAbac ? prefixed("aws:ResourceTag", bucket.tags) : {};
  const need = {
    resource,
    resourceAccount,
    context: { "s3:ResourceAccount": resourceAccount, ...visibleTags, ...context },
  };
  const policy = bucket?.policy === undefined ? {} : { resourcePolicy: bucket.policy };
  return { operation, needs: [actions].flat().map((action) => ({ action, ...need, ...policy })), perform };
}

const prefixed = (prefix: string, tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));

const noBucket = (name: string): never => {
  throw new ServiceError("NoSuchBucket", `The specified bucket does not exist: ${name}`, 404);
};
const notBuilt = (what: string): ServiceError =>
  new ServiceError("NotImplemented", `The embedded S3 does not do this: ${what}.`, 501);
