import { ARN_WILDCARDS } from "../../../contract/limits.ts";
import { arnOfAddress, arnOfPath } from "../../../contract/s3-address.ts";
import type { Problem } from "./problem.ts";

/** ARN that a request may name: everything before the resource part is literal. */
export interface ParsedArn {
  readonly text: string;
  readonly partition: string;
  readonly service: string;
  /** Region; empty where the service's ARNs carry none (S3, IAM). */
  readonly region: string;
  /** Account of 12 digits; empty where the service's ARNs carry none (S3). */
  readonly account: string;
  /** Everything after the fifth colon. Only this part may hold `*`, which matches any run of characters. */
  readonly resource: string;
  /** True for an ARN with a `*`, which names a set of resources. */
  readonly isPattern: boolean;
}

const ARN_CHARACTERS = 512;

const PARTITIONS = new Set([
  "aws",
  "aws-cn",
  "aws-us-gov",
  "aws-iso",
  "aws-iso-b",
  "aws-iso-e",
  "aws-iso-f",
  "aws-eusc",
]);
/**
 * Endings of access points' aliases, which callers may use as bucket names. Source: general purpose bucket naming
 * rules, Amazon S3 User Guide.
 */
const ALIAS = /^[^/]*(?:-s3alias|--ol-s3|\.mrap)(?:\/|$)/;
const PARTS = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.+)$/;

/**
 * `parseArn(text: string): ParsedArn | Problem`
 *
 * Parses an ARN. Refuses wildcards before the resource part, which Cedar and IAM would match differently: only IAM
 * splits an ARN at its first five colons. Also refuses `$` (IAM's policy variables), `?` (IAM's other wildcard), and
 * characters outside printable ASCII.
 */
export function parseArn(text: string): ParsedArn | Problem {
  if (text.length > ARN_CHARACTERS) return { problem: `Shorten the ARN to ${ARN_CHARACTERS} characters at most.` };
  if (!/^[!-~]*$/.test(text))
    return { problem: "Write the ARN in printable ASCII, without spaces; use `*` in place of any other character." };
  if (text.includes("$")) return { problem: "Leave `$` out of the ARN: IAM would read it as a policy variable." };
  if (text.includes("?")) return { problem: "Use `*` in place of `?`, which is not supported yet." };
  const [, partition = "", service = "", region = "", account = "", resource = ""] = PARTS.exec(text) ?? [];
  if (resource === "") return notArn(text);
  if (`${partition}${service}${region}${account}`.includes("*")) {
    return { problem: "Use `*` only after the ARN's fifth colon; write partition, service, region and account out." };
  }
  if (!PARTITIONS.has(partition))
    return { problem: `Begin the ARN with a known partition: ${[...PARTITIONS].join(", ")}.` };
  if (!/^[a-z0-9-]+$/.test(service))
    return { problem: "Name the ARN's service in lower-case letters, digits and hyphens." };
  if (!/^[a-z0-9-]*$/.test(region))
    return { problem: "Name the ARN's region in lower-case letters, digits and hyphens, or leave it empty." };
  if (!/^(\d{12})?$/.test(account)) return { problem: "Write the ARN's account as 12 digits, or leave it empty." };
  if (service === "s3" && account === "" && ALIAS.test(resource))
    return { problem: "Name the access point by its own ARN: IAM knows no ARN of its alias." };
  const wildcards = resource.split("*").length - 1;
  if (wildcards > ARN_WILDCARDS)
    return { problem: `Use at most ${ARN_WILDCARDS} wildcards in the ARN, or name several ARNs.` };
  return { text, partition, service, region, account, resource, isPattern: wildcards > 0 };
}

/** Names the form of ARNs, or the ARN of a bucket or object that is written as a path. */
function notArn(text: string): Problem {
  const arn = arnOfAddress(text) ?? (text.includes("/") ? arnOfPath(text) : undefined);
  return {
    problem: arn
      ? `Write the ARN: in S3, ${arn}.`
      : "Write the ARN as `arn:partition:service:region:account:resource`.",
  };
}
