import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type Finding, skipped, unknown } from "../finding.ts";

/** How an account is looked at: with the credentials in the environment, or with those of a role that they may become. */
export interface AwsAccess {
  readonly account: string;
  readonly region: string;
  readonly credentials?: AwsKeys;
}

interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** What every client of an account is made with. */
export const settingsOf = ({ region, credentials }: AwsAccess) => ({
  region,
  ...(credentials === undefined ? {} : { credentials }),
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
});

/** Whose credentials those in the environment are. @throws the SDK's own errors. */
export async function callerIn(region: string): Promise<Caller> {
  const client = new STSClient(settingsOf({ account: "", region }));
  const { Account: account = "", Arn: arn = "" } = await client.send(new GetCallerIdentityCommand({}));
  return { account, arn };
}

/**
 * The account itself, or the role that `cdk bootstrap` makes there for looking things up: it can read, and whom the account trusts may become it.
 * @returns a finding where neither is to be had.
 */
export async function accessTo(
  { account, region, partition }: { account: string; region: string; partition: string },
  caller: Caller,
): Promise<AwsAccess | Finding> {
  if (caller.account === account) return { account, region };
  const role = `arn:${partition}:iam::${account}:role/cdk-hnb659fds-lookup-role-${account}-${region}`;
  try {
    const client = new STSClient(settingsOf({ account: caller.account, region }));
    const asked = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "valetkey-doctor", DurationSeconds: 900 });
    const { Credentials: keys } = await client.send(asked);
    const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "", SessionToken = "" } = keys ?? {};
    return { account, region, credentials: { accessKeyId, secretAccessKey, sessionToken: SessionToken } };
  } catch (error) {
    if (!isDenied(error)) return failed(`account ${account}`, error);
    return skipped(
      `account ${account}`,
      `these credentials are of ${caller.account}, and may not become ${role}`,
      `use credentials of ${account}, or there once: cdk bootstrap --trust-for-lookup ${caller.account}`,
    );
  }
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

/** No rights, or no credentials: nothing that was looked at is wrong. */
export const isDenied = (error: unknown): boolean => DENIED.includes(nameOf(error));

/** What came of a check that could not be made. An error's name and never its words, which may quote anything. */
export function failed(check: string, error: unknown, needs?: string): Finding {
  const name = nameOf(error);
  if (isDenied(error)) return skipped(check, `AWS says ${name}`, needs ?? "use credentials that work");
  return unknown(check, `AWS cannot be asked (${name})`, "look again later; check proxies and firewalls");
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
