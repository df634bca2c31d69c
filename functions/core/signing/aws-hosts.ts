import { partitionOf } from "../deployment/partition-of.ts";
import { isRegion } from "../deployment/region.ts";
import data from "./aws-services.json" with { type: "json" };

type AwsPartition = ReturnType<typeof partitionOf>;

/** Service of AWS that a host serves, and how requests to it are signed. */
export interface AwsHost {
  /** IAM prefix: `cloudwatch`. */
  readonly service: string;
  /** Signing name: `monitoring`. */
  readonly signsAs: string;
  /** Region of the signature. */
  readonly region: string;
  readonly partition: AwsPartition;
  /** Bucket of S3 that the host names. Undefined where the path names it, and for every other service. */
  readonly bucket?: string;
  /** `json`, `query`, `ec2`, `rest-json`, `rest-xml` or `smithy-rpc-v2-cbor`. */
  readonly protocol: string;
  /** Text before the dot of an `x-amz-target`: `DynamoDB_20120810`. */
  readonly targetPrefix?: string;
}

/** Endpoint of a service, for the configuration of an SDK. */
export interface ServiceEndpoint {
  /** IAM prefix. */
  readonly service: string;
  /** Variable of the environment by which SDKs take another endpoint: `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS`. */
  readonly variable: string;
  /** Plain host of the service, with `{region}` for the Region where it has one. */
  readonly host: string;
}

/** Suffixes of hosts, `$` and `%` in the data, of each partition. Shapes list hosts in this order of partitions. */
const SUFFIXES = [
  ["aws", "amazonaws.com", "api.aws"],
  ["aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"],
  ["aws-us-gov", "amazonaws.com", "api.aws"],
] as const;

const PROTOCOLS = ["json", "query", "ec2", "rest-json", "rest-xml"];

/** Service in the data: `aws-services.json` has one a line, with a tab between these fields. */
interface Service {
  readonly service: string;
  readonly id: string;
  readonly signsAs: string;
  readonly protocol: string;
  readonly targetPrefix: string;
  /** Hosts of a partition, the plain one first: `monitoring.*.amazonaws.com`, or a whole host with its Region. */
  readonly hosts: Readonly<Record<AwsPartition, readonly Template[]>>;
}

interface Template {
  /** Host with `*` for its Region. */
  readonly host: string;
  /** Region with which the host signs; undefined where it is the one in its name. */
  readonly region: string | undefined;
}

const SERVICES: readonly Service[] = data.services.map((row) => {
  const [service = "", id = "", signsAs = "", protocol = "", targetPrefix = "", endpoint = "", shape = ""] =
    row.split("\t");
  const [first = "", ...others] = (data.shapes[Number(shape)] ?? "").split("|");
  const lists = [first, ...others.map((each) => (each === "=" ? first : each))];
  const hosts: Record<AwsPartition, readonly Template[]> = { aws: [], "aws-cn": [], "aws-us-gov": [] };
  SUFFIXES.forEach(([partition, plain, dual], at) => {
    const templates = (lists[at] ?? "").split(" ").filter((each) => each !== "");
    hosts[partition] = templates.map((each) => templateOf(each, endpoint || service, plain, dual));
  });
  return {
    service,
    id,
    signsAs: signsAs || service,
    protocol: PROTOCOLS[Number(protocol)] ?? protocol,
    targetPrefix,
    hosts,
  };
});

function templateOf(text: string, endpoint: string, plain: string, dual: string): Template {
  const [host = "", region] = text.split(">");
  return { host: host.replace("~", endpoint).replace("$", plain).replace("%", dual), region };
}

interface Served {
  readonly service: Service;
  readonly partition: AwsPartition;
  readonly region: string | undefined;
}

/** Services by host, with `*` for the Region. A host of two partitions is there twice, and its Region decides. */
const BY_HOST: ReadonlyMap<string, readonly Served[]> = Map.groupBy(
  SERVICES.flatMap((service) =>
    SUFFIXES.flatMap(([partition]) =>
      service.hosts[partition].map(({ host, region }) => ({ host, service, partition, region })),
    ),
  ),
  ({ host }) => host,
);

/** Name of a general purpose bucket. */
const BUCKET = /^(?!\d+(?:\.\d+){3}$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Ends of labels that name no bucket, but an access point or a bucket of another kind. */
const NO_BUCKET = /(?:-s3alias|--ol-s3|--x-s3|--table-s3|\.mrap)$/;
/** Host of S3, read from the right: a bucket may have any name, dots and another host of AWS in it included. */
const S3_HOST = /^(?:(.+)\.)?(s3(?:-fips)?(?:\.dualstack)?(?:\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?)$/;

/**
 * Reads a host of AWS: exact for service, Region, partition and variant (FIPS, dualstack).
 * @returns one for each service that shares the host; empty for every name that is none of the list.
 */
export function awsHostOf(host: string): readonly AwsHost[] {
  const found = servedAt(host);
  if (found.length > 0) return found;
  const [, bucket, own] = S3_HOST.exec(host) ?? [];
  if (bucket === undefined || own === undefined || !BUCKET.test(bucket) || NO_BUCKET.test(bucket)) return [];
  return servedAt(own).map((each) => ({ ...each, bucket }));
}

function servedAt(host: string): readonly AwsHost[] {
  const labels = host.split(".");
  const at = labels.findLastIndex(isRegion);
  const named = labels[at];
  const regional = named === undefined ? [] : (BY_HOST.get(labels.with(at, "*").join(".")) ?? []);
  const served = [...(BY_HOST.get(host) ?? []), ...regional];
  const hosts = served.flatMap(({ service, partition, region = named }) => {
    // botocore's rules name hosts of another partition where a service has none of its own.
    if (region === undefined || partitionOf(region) !== partition) return [];
    const { signsAs, protocol, targetPrefix } = service;
    const read = { service: service.service, signsAs, region, partition, protocol };
    return [targetPrefix === "" ? read : { ...read, targetPrefix }];
  });
  // Amazon RDS, DocumentDB and Neptune are one service at one host.
  return hosts.length < 2 ? hosts : [...new Map(hosts.map((each) => [JSON.stringify(each), each])).values()];
}

/**
 * Lists the endpoints of the services that IAM prefixes name, for a client that opens one port for each. Several
 * services may share a prefix; a service without a host in the partition has none.
 */
export function endpointsOf(prefixes: readonly string[], partition: AwsPartition): readonly ServiceEndpoint[] {
  const asked = new Set(prefixes);
  return SERVICES.filter(({ service }) => asked.has(service)).flatMap(({ service, id, hosts }) => {
    const [plain] = hosts[partition];
    if (plain === undefined) return [];
    const variable = `AWS_ENDPOINT_URL_${id.toUpperCase().replace(/[ -]/g, "_")}`;
    return [{ service, variable, host: plain.host.replace("*", "{region}") }];
  });
}
