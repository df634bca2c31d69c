import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { defined } from "../../../functions/core/defined.ts";
import { type Finding, skipped, unknown } from "../finding.ts";

/** Access to an account: with the credentials in the environment, or with those of a role that they may assume. */
export interface AwsAccess {
  readonly account: string;
  readonly region: string;
  readonly credentials?: AwsKeys;
}

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Identity of AWS credentials. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** Makes the settings of an account's SDK clients. */
export const settingsOf = ({ region, credentials }: AwsAccess) => ({
  region,
  ...defined({ credentials }),
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
});

/** Returns the identity of the environment's credentials. @throws the SDK's own errors. */
export async function callerIn(region: string): Promise<Caller> {
  const client = new STSClient(settingsOf({ account: "", region }));
  const { Account: account = "", Arn: arn = "" } = await client.send(new GetCallerIdentityCommand({}));
  return { account, arn };
}

/**
 * Gets access to an account: by the credentials themselves, or by the lookup role of `cdk bootstrap`. The lookup role
 * can read, and trusted principals may assume it.
 * @returns a finding where neither is possible.
 */
export async function accessTo(
  { account, region, partition }: { account: string; region: string; partition: string },
  caller: Caller,
): Promise<AwsAccess | Finding> {
  if (caller.account === account) return { account, region };
  const role = bootstrapRole("lookup", { account, region, partition });
  try {
    return await becomeRole(role, { account, region });
  } catch (error) {
    if (!isDenied(error)) return failed(`account ${account}`, error);
    return skipped(
      `account ${account}`,
      `these credentials are of ${caller.account}, and may not become ${role}`,
      `use credentials of ${account}, or there once: cdk bootstrap --trust-for-lookup ${caller.account}`,
    );
  }
}

/** Returns the ARN of a role that `cdk bootstrap` makes in an account, with its default qualifier. */
export const bootstrapRole = (
  kind: "lookup" | "deploy" | "file-publishing",
  { account, region, partition }: { account: string; region: string; partition: string },
): string => `arn:${partition}:iam::${account}:role/cdk-hnb659fds-${kind}-role-${account}-${region}`;

/**
 * Assumes a role, for 15 minutes.
 * @param policy session policy that narrows the session's rights; none by default.
 * @throws the SDK's own errors.
 */
export async function becomeRole(
  role: string,
  { account, region }: { account: string; region: string },
  policy?: object,
): Promise<AwsAccess> {
  const client = new STSClient(settingsOf({ account, region }));
  const { Credentials: keys } = await client.send(
    new AssumeRoleCommand({
      RoleArn: role,
      RoleSessionName: "valetkey-doctor",
      DurationSeconds: 900,
      ...(policy === undefined ? {} : { Policy: JSON.stringify(policy) }),
    }),
  );
  const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "", SessionToken = "" } = keys ?? {};
  return { account, region, credentials: { accessKeyId, secretAccessKey, sessionToken: SessionToken } };
}

const DENIED = [
  "AccessDenied",
  "AccessDeniedException",
  "UnauthorizedOperation",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
  "SignatureDoesNotMatch",
  "InvalidSignatureException",
  "CredentialsProviderError",
  "TokenProviderError",
];

/** True for an error of missing rights or credentials, which proves nothing about the deployment. */
export const isDenied = (error: unknown): boolean => DENIED.includes(nameOf(error));

/** Makes the finding of a check that failed. Names the error and never quotes its message, which may hold anything. */
export function failed(check: string, error: unknown, needs?: string): Finding {
  const name = nameOf(error);
  if (isDenied(error)) return skipped(check, `AWS says ${name}`, needs ?? "use credentials that work");
  return unknown(check, `AWS cannot be asked (${name})`, "look again later; check proxies and firewalls");
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
