import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { awsHostOf } from "../../../functions/core/signing/aws-hosts.ts";
import { operationOf } from "../../../functions/core/signing/operation-of.ts";
import { faultOf, type RequestToSign } from "../../../functions/core/signing/request.ts";
import { signRequest } from "../../../functions/core/signing/sign-request.ts";
import { programOf } from "../python.ts";

const JUDGE = fileURLToPath(new URL("judge.py", import.meta.url));
const python = process.env.VALETKEY_JUDGE_PYTHON ?? programOf("botocore");

function judge(task: string, input = ""): string {
  const { status, stdout, stderr } = spawnSync(python, [JUDGE, task], { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`the judge ended with ${status}: ${stderr.slice(-2_000)}`);
  return stdout;
}

const linesOf = <T>(text: string): readonly T[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);

const findings: string[] = [];

/** Numbers that are the same in each run: xorshift. */
let state = 0x2545f491;
function below(bound: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % bound;
}
const oneOf = <T>(items: readonly [T, ...T[]]): T => items[below(items.length)] ?? items[0];
const some = <T>(most: number, make: () => T): T[] => Array.from({ length: below(most + 1) }, make);

const HOSTS = [
  "bucket.s3.eu-central-1.amazonaws.com",
  "s3.us-east-1.amazonaws.com",
  "dynamodb.eu-west-1.amazonaws.com",
  "lambda.us-gov-west-1.amazonaws.com",
  "monitoring.cn-north-1.amazonaws.com.cn",
  "iam.amazonaws.com",
] as const;
// botocore writes a query as RFC 3986 has it, and signs it as it is written.
const part = () =>
  some(4, () => oneOf(["a", "Z", "0", "-", "~", "%2F", "%20", "%E1%88%B4", "key", ".x"])).join("") || "k";
const pathPart = () => `${part()}${oneOf(["", "(1)", "'", "!", "@", "=", "$", "*", ":", "+", ",", ";", "&"])}`;
const HEADERS = [
  ["Content-Type", "application/x-amz-json-1.0"],
  ["X-Amz-Target", "DynamoDB_20120810.PutItem"],
  ["x-amz-meta-spaces", "  a   b  c "],
  ["X-Amz-Copy-Source", "/bucket/a%20key?versionId=1"],
  ["range", "bytes=0-9"],
  ["User-Agent", "aws-cli/2"],
  ["Expect", "100-continue"],
  ["x-amz-acl", "private"],
  ["content-length", "12"],
  ["x-amzn-trace-id", "Root=1"],
  ["x-empty", ""],
  ["if-match", '"etag"'],
] as const;

const CREDENTIALS = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "wJalr/EXAMPLE+KEY", sessionToken: "IQoJ/token+==" };
const cases = Array.from({ length: 4_000 }, (_, at) => {
  const host = oneOf(HOSTS);
  const headers = HEADERS.filter(() => below(3) === 0);
  const request: RequestToSign = {
    method: oneOf(["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"]),
    host,
    path: `/${some(4, pathPart).join("/")}${host.includes("s3") && below(4) === 0 ? "//x" : ""}`,
    query: some(4, () => `${part()}=${below(3) === 0 ? "" : part()}`).join("&"),
    headers,
    payloadHash: below(4) === 0 ? "UNSIGNED-PAYLOAD" : createHash("sha256").update(`${at}`).digest("hex"),
  };
  const fault = faultOf(request);
  const [as] = awsHostOf(host);
  if (fault !== undefined || as === undefined) throw new Error(`${fault ?? host}: ${JSON.stringify(request)}`);
  const { signsAs, region } = as;
  const atMs = Date.UTC(2026, 0, 1) + at * 7_654_321;
  return { ...request, ...CREDENTIALS, signsAs, region, atMs, added: signRequest(request, CREDENTIALS, as, atMs) };
});
const wire = (all: readonly object[]) => all.map((each) => JSON.stringify(each)).join("\n");
findings.push(
  ...judge("sign", wire(cases))
    .split("\n")
    .filter((line) => line !== ""),
);
// The judge finds what it is asked to find.
const [first] = cases;
if (first === undefined || !judge("sign", wire([{ ...first, path: `${first.path}x` }])).includes("signs otherwise"))
  throw new Error("the judge does not find another path");

/** Services that no host is listed for, by the reason. */
const UNLISTED: ReadonlySet<string> = new Set([
  // Hosts of an account's own resources, or signed by Signature Version 4A.
  ...["apigatewaymanagementapi", "s3control"],
  // No action of the catalogue could be granted.
  ...["abuse-signal", "agent-discovery", "apiportal", "applicationcostprofiler", "continuum", "endusermessaging"],
  ...["iotthingsgraph", "opensearchmemory"],
  // Signed otherwise, or not at all.
  ...["account-access-runtime", "codecatalyst", "importexport", "sdb", "sso"],
]);
const PARTITIONS: ReadonlySet<string> = new Set(["aws", "aws-cn", "aws-us-gov"]);

interface Endpoint {
  readonly sdk: string;
  readonly partition: string;
  readonly region: string;
  readonly signsAs: string;
  readonly host: string;
}
let read = 0;
for (const { sdk, partition, region, signsAs, host } of linesOf<Endpoint>(judge("endpoints"))) {
  const found = awsHostOf(host);
  // The one service whose host botocore names in every partition.
  if (sdk === "pricing-plan-manager" && partition !== "aws") continue;
  if (!PARTITIONS.has(partition)) {
    if (found.length > 0) findings.push(`${host} of ${partition} is read as ${JSON.stringify(found)}`);
    continue;
  }
  // A Region of this form is a name for a partition, not a place.
  if (UNLISTED.has(sdk) || region.endsWith("-global") || host.includes("-global.")) continue;
  read++;
  if (!found.some((each) => each.signsAs === signsAs && each.region === region && each.partition === partition))
    findings.push(`${sdk}: ${host} signs as ${signsAs} in ${region} of ${partition}: ${JSON.stringify(found)}`);
}

interface Sent {
  readonly sdk: string;
  readonly signsAs: string;
  readonly target: string | null;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [string, string])[];
}
const unmapped: string[] = [];
let mapped = 0;
for (const { sdk, signsAs, target, operation, ...sent } of linesOf<Sent>(judge("operations"))) {
  // At a host of directory buckets, which is not listed.
  if (sdk === "s3" && operation === "ListDirectoryBuckets") continue;
  const protocol = sdk === "s3" ? "rest-xml" : "json";
  const named = target === null ? {} : { targetPrefix: target };
  const as = { service: signsAs, signsAs, region: "eu-west-1", partition: "aws" as const, protocol, ...named };
  const name = operationOf({ ...sent, host: "host", payloadHash: "" }, as);
  if (name === undefined) unmapped.push(`${sdk}:${operation}`);
  else if (name === `${signsAs}:${operation}`) mapped++;
  else findings.push(`botocore sends ${sdk}:${operation}, read as ${name}: ${JSON.stringify(sent)}`);
}

for (const each of findings.slice(0, 20)) console.log(each);
console.log(
  `${cases.length} signatures, ${read} endpoints, ${mapped} operations (${new Set(unmapped).size} unmapped), ${findings.length} findings`,
);
process.exitCode = findings.length > 0 || mapped < 1_000 ? 1 : 0;
