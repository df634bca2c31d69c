import { devNull } from "node:os";
import type { Endpoint } from "../credentials/credential-endpoint.ts";
import { issuedVariables, variablesInTheWay } from "../credentials/issued-variables.ts";
import type { Task } from "../task/held-task.ts";

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

/** Variables that say where requests go. One of the caller's would lead past the ports of this run, where nobody signs. */
export const OF_ENDPOINTS = /^AWS_(?:ENDPOINT_URL|IGNORE_CONFIGURED_ENDPOINT_URLS$)/;

/** Names of valetkey's own variables that hold no credential. Every other VALETKEY_ variable is removed: the agent's token, an operator's, or one of next year. */
const KEPT_OF_OURS = new Set(["VALETKEY_URL", "VALETKEY_ACCOUNT", "VALETKEY_AUDIENCE"]);

/**
 * Names of a GitHub runner's own variables that prove nothing. Every other ACTIONS_ variable is removed: the runner gives a node action its token under
 * two names, and may give it under a third.
 */
const KEPT_OF_RUNNER = new Set(["ACTIONS_RUNNER_DEBUG", "ACTIONS_STEP_DEBUG", "ACTIONS_ORCHESTRATION_ID"]);

/** Variables of a step of a GitHub job: an action's inputs, which may hold tokens, and the file of its own state. */
const OF_STEP = /^(?:INPUT_|STATE_|GITHUB_STATE$)/;

/** Names of removed variables whose value proves or opens something. */
const SECRET = /TOKEN|SECRET|PASSWORD|CREDENTIAL|DELEGATION|(?<!VALET)KEY/;
/** Length from which a value is a secret and no common word. */
const SECRET_CHARACTERS = 16;

/**
 * Variables that point the SDKs' files at the null device. SDKs read these files before they call a container endpoint. A default profile in one of
 * them would give the command its owner's rights in place of the task's.
 */
const FILES = { AWS_SHARED_CREDENTIALS_FILE: devNull, AWS_CONFIG_FILE: devNull, BOTO_CONFIG: devNull };

/** Makes the command's environment: this process's own, without other credentials and identities, and with the task's endpoint. */
export function childEnv(
  env: NodeJS.ProcessEnv,
  task: Pick<Task, "id" | "credentials" | "signed" | "issued">,
  endpoint: Endpoint,
  signing: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const { isOut, variables, secrets } = sorted(env, task);
  // The same secret under another name would prove the same.
  const kept = variables.filter(({ name, value }) => !isOut(name) && !secrets.some((secret) => value.includes(secret)));
  const signed = task.signed ?? [];
  const sessions = [...task.credentials, ...signed];
  const [first] = sessions;
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || first?.region;
  return {
    // A request that goes elsewhere than to this run's ports would be signed by nobody.
    ...Object.fromEntries(
      kept
        .filter(({ name }) => signed.length === 0 || !OF_ENDPOINTS.test(name))
        .map(({ given, value }) => [given, value]),
    ),
    ...FILES,
    AWS_EC2_METADATA_DISABLED: "true",
    VALETKEY_TASK: task.id,
    // Some SDKs read the first variable, others the second; the configuration file with the region is hidden.
    ...(region && { AWS_REGION: region, AWS_DEFAULT_REGION: env.AWS_DEFAULT_REGION || region }),
    ...(first && {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint.uri(first.name),
      AWS_CONTAINER_AUTHORIZATION_TOKEN: endpoint.token,
    }),
    ...Object.fromEntries([...sessions, ...task.issued].map(({ name }) => [variableOf(name), endpoint.uri(name)])),
    ...(task.issued.length > 0 && { VALETKEY_CREDENTIALS_TOKEN: endpoint.token }),
    ...issuedVariables(task.issued),
    ...signing,
    ...(signed.length > 0 && directOnLoopback(env)),
  };
}

/** Makes the variables by which a client of a proxy goes to loopback by itself. Some clients read the first name, some the second. */
function directOnLoopback({ NO_PROXY, no_proxy: lower }: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const named = NO_PROXY || lower || "";
  const all = named === "" ? "127.0.0.1" : named === "*" ? named : `${named},127.0.0.1`;
  return { NO_PROXY: all, no_proxy: all };
}

/** Lists the secrets that the command does not get with this environment. */
export const secretsKeptFrom = (env: NodeJS.ProcessEnv, task: Pick<Task, "issued">): readonly string[] =>
  sorted(env, task).secrets;

/** Finds the variables of the environment that are removed, and the secrets in these. */
function sorted(env: NodeJS.ProcessEnv, task: Pick<Task, "issued">) {
  const inTheWay = variablesInTheWay(task.issued, env);
  const isInJob = env.GITHUB_ACTIONS === "true";
  const isOut = (name: string) => isRemoved(name, isInJob) || inTheWay.some((pattern) => pattern.test(name));
  const variables = Object.entries(env).map(([given, value = ""]) => ({ given, name: given.toUpperCase(), value }));
  const secrets = variables
    .filter(({ name, value }) => isOut(name) && SECRET.test(name) && value.length >= SECRET_CHARACTERS)
    .map(({ value }) => value);
  return { isOut, variables, secrets };
}

/** @param isInJob true in a job of GitHub Actions: elsewhere an `INPUT_` variable is the command's own. */
function isRemoved(name: string, isInJob: boolean): boolean {
  if (name.startsWith("AWS_")) return !KEPT.has(name) && !KEPT_PREFIX.test(name);
  if (name.startsWith("VALETKEY_")) return !KEPT_OF_OURS.has(name);
  if (name.startsWith("ACTIONS_")) return !KEPT_OF_RUNNER.has(name);
  if (name === "SPIFFE_ENDPOINT_SOCKET" || name === "BOTO_CONFIG") return true;
  return isInJob && OF_STEP.test(name);
}

/** Makes the variable's name for a credential: `aws-1` -> `VALETKEY_CREDENTIALS_AWS_1`. */
export const variableOf = (name: string): string => `VALETKEY_CREDENTIALS_${name.toUpperCase().replaceAll("-", "_")}`;
