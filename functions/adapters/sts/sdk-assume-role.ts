import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { AssumeRole } from "./assume-role.ts";

/** Makes the call of AssumeRole over the SDK. @param requestMs time-out of each of its two attempts; milliseconds. */
export function sdkAssumeRole(requestMs: number): AssumeRole {
  const client = new STSClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: requestMs, throwOnRequestTimeout: true },
  });
  return (input) => client.send(new AssumeRoleCommand(input));
}
