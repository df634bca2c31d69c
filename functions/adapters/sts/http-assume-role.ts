import type { AssumeRoleCommandInput } from "@aws-sdk/client-sts";
import { AwsFault } from "../aws/aws-fault.ts";
import { AwsService } from "../aws/aws-service.ts";
import type { Answer } from "../aws/post.ts";
import type { AssumeRole } from "./assume-role.ts";

/** Bounds of a call, like the SDK's: two attempts of three seconds. */
const BOUNDS = { attempts: 2, connectMs: 1_000, attemptMs: 3_000, wholeMs: 6_500 } as const;

/**
 * Makes the call of AssumeRole over the small client (AWS Query protocol, XML answers).
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function httpAssumeRole(): AssumeRole {
  const service = new AwsService("sts", BOUNDS, xmlFaultOf);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return async (input) => {
    const answer = await service.send(headers, formOf(input));
    const utilization = elementOf(answer, "SessionTokenUtilization");
    const packed = elementOf(answer, "PackedPolicySize");
    return {
      Credentials: {
        AccessKeyId: elementOf(answer, "AccessKeyId"),
        SecretAccessKey: elementOf(answer, "SecretAccessKey"),
        SessionToken: elementOf(answer, "SessionToken"),
        Expiration: momentOf(elementOf(answer, "Expiration")),
      },
      ...(utilization === undefined ? {} : { SessionTokenUtilization: Number(utilization) }),
      ...(packed === undefined ? {} : { PackedPolicySize: Number(packed) }),
    };
  };
}

function formOf({ Tags: tags = [], TransitiveTagKeys: transitive = [], ...fields }: AssumeRoleCommandInput): string {
  const form = new URLSearchParams({ Action: "AssumeRole", Version: "2011-06-15" });
  for (const [name, value] of Object.entries(fields)) {
    // A request for credentials must not omit a member that this client cannot write.
    if (typeof value !== "string" && typeof value !== "number") throw new Error(`AssumeRole: ${name} is not written`);
    form.set(name, String(value));
  }
  for (const [index, { Key: key = "", Value: value = "" }] of tags.entries()) {
    form.set(`Tags.member.${index + 1}.Key`, key);
    form.set(`Tags.member.${index + 1}.Value`, value);
  }
  for (const [index, key] of transitive.entries()) form.set(`TransitiveTagKeys.member.${index + 1}`, key);
  return form.toString();
}

/**
 * Returns the text of the answer's one element of this name; undefined where there is none or more than one. STS writes
 * no attributes and no entities in these elements.
 */
function elementOf(xml: string, name: string): string | undefined {
  const found = [...xml.matchAll(new RegExp(`<${name}>([^<>&]*)</${name}>`, "g"))];
  return found.length === 1 ? found[0]?.[1]?.trim() : undefined;
}

const momentOf = (text: string | undefined): Date | undefined => {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) ? undefined : new Date(ms);
};

const xmlFaultOf = ({ status, body }: Answer): AwsFault =>
  new AwsFault(elementOf(body.toString(), "Code") ?? "UnknownError", status);
