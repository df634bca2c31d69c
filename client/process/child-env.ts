import { devNull } from "node:os";
import type { Endpoint } from "../credentials/credential-endpoint.ts";
import { issuedVariables, variablesInTheWay } from "../credentials/issued-variables.ts";
import type { Task } from "../task/task.ts";

/** Settings of the AWS SDKs that name no credential. Every other AWS_ variable is removed: a new one could be a credential that wins over ours. */
const KEPT = new Set([
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_DEFAULT_OUTPUT",
  "AWS_DEFAULTS_MODE",
  "AWS_PAGER",
  "AWS_CA_BUNDLE",
  "AWS_MAX_ATTEMPTS",
  "AWS_RETRY_MODE",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "AWS_USE_DUALSTACK_ENDPOINT",
  "AWS_USE_FIPS_ENDPOINT",
  "AWS_STS_REGIONAL_ENDPOINTS",
  "AWS_REQUEST_CHECKSUM_CALCULATION",
  "AWS_RESPONSE_CHECKSUM_VALIDATION",
  "AWS_SDK_UA_APP_ID",
  "AWS_EXECUTION_ENV",
]);
const KEPT_PREFIX = /^AWS_(?:ENDPOINT_URL|CLI_|S3_)/;

/** Names of valetkey's own variables that hold no credential. Every other VALETKEY_ variable is removed: the agent's token, an operator's, or one of next year. */
const KEPT_OF_OURS = new Set(["VALETKEY_URL", "VALETKEY_ACCOUNT", "VALETKEY_AUDIENCE"]);

/** Variables with which the command could prove the agent's identity, and so open another task. */
const IDENTITY = /^(?:ACTIONS_ID_TOKEN_|SPIFFE_ENDPOINT_SOCKET$)/;

/**
 * Variables that point the SDKs' files at the null device. SDKs read these files before they call a container endpoint. A default profile in one of
 * them would give the command its owner's rights in place of the task's.
 */
const FILES = { AWS_SHARED_CREDENTIALS_FILE: devNull, AWS_CONFIG_FILE: devNull, BOTO_CONFIG: devNull };

/** Makes the command's environment: this process's own, without other credentials and identities, and with the task's endpoint. */
export function childEnv(
  env: NodeJS.ProcessEnv,
  task: Pick<Task, "id" | "credentials" | "issued">,
  endpoint: Endpoint,
): NodeJS.ProcessEnv {
  const inTheWay = variablesInTheWay(task.issued, env);
  const kept = Object.entries(env).filter(([given]) => {
    const name = given.toUpperCase();
    return !isRemoved(name) && !inTheWay.some((pattern) => pattern.test(name));
  });
  const [first] = task.credentials;
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || first?.region;
  return {
    ...Object.fromEntries(kept),
    ...FILES,
    AWS_EC2_METADATA_DISABLED: "true",
    VALETKEY_TASK: task.id,
    // Some SDKs read the first variable, others the second; the configuration file with the region is hidden.
    ...(region && { AWS_REGION: region, AWS_DEFAULT_REGION: env.AWS_DEFAULT_REGION || region }),
    ...(first && {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint.uri(first.name),
      AWS_CONTAINER_AUTHORIZATION_TOKEN: endpoint.token,
    }),
    ...Object.fromEntries(
      [...task.credentials, ...task.issued].map(({ name }) => [variableOf(name), endpoint.uri(name)]),
    ),
    ...(task.issued.length > 0 && { VALETKEY_CREDENTIALS_TOKEN: endpoint.token }),
    ...issuedVariables(task.issued),
  };
}

function isRemoved(name: string): boolean {
  if (name.startsWith("AWS_")) return !KEPT.has(name) && !KEPT_PREFIX.test(name);
  if (name.startsWith("VALETKEY_")) return !KEPT_OF_OURS.has(name);
  return IDENTITY.test(name) || name === "BOTO_CONFIG";
}

/** Makes the variable's name for a credential: `aws-1` -> `VALETKEY_CREDENTIALS_AWS_1`. */
export const variableOf = (name: string): string => `VALETKEY_CREDENTIALS_${name.toUpperCase().replaceAll("-", "_")}`;
