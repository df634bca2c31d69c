import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionName } from "../../contract/names.ts";
import { defined } from "../../functions/core/defined.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { functionRoleArn, type HubScope } from "../../infra/arns.ts";
import { buildDeployment } from "../../infra/config/build-deployment.ts";
import type { ApiCall } from "../emulator/api-call.ts";
import { type EmbeddedAws, type EmbeddedAwsOptions, startEmbeddedAws } from "../emulator/embedded-aws.ts";
import type { Credentials } from "../emulator/sessions.ts";
import { setUpAccounts } from "./set-up-accounts.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Role that may do everything in the hub, for suites that test an adapter and not its function's rights. */
const TESTER = "tester";
/** Role of an administrator, whom no resource policy denies. */
const TESTER_ROLE = "aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_tester";

/** Accounts as `cdk deploy` would make them, on an embedded AWS, without functions. */
export interface LocalAccounts {
  readonly aws: EmbeddedAws;
  readonly scope: HubScope;
  readonly revocationQueueUrl: string;
  readonly deadlinesUrl: string;
  readonly calls: ApiCall[];
  /** Points new SDK clients of this process at the account, with a function's rights or with all rights. */
  become(who: FunctionName | "tester"): void;
  close(): Promise<void>;
}

/**
 * @param now clock of the embedded AWS; epoch milliseconds.
 * @param onRotation function that Secrets Manager invokes.
 * @param dynamodb DynamoDB to use; by default that of the environment.
 */
export async function startAccounts(
  now: () => number = Date.now,
  onRotation?: EmbeddedAwsOptions["onRotation"],
  dynamodb?: EmbeddedAwsOptions["dynamodb"],
): Promise<LocalAccounts> {
  const dir = mkdtempSync(join(tmpdir(), "valetkey-accounts-"));
  const calls: ApiCall[] = [];
  const aws = await startEmbeddedAws({
    port: 0,
    now,
    onApiCall: (call) => void calls.push(call),
    ...defined({ onRotation, dynamodb }),
  });
  const built = buildDeployment({
    configFile: join(ROOT, "local/valetkey.json"),
    policiesDir: join(ROOT, "policies"),
    outDir: join(dir, "deployment"),
  });
  const { scope, revocationQueueUrl, deadlinesUrl } = await setUpAccounts(aws, built);
  await aws.admin(scope.account).createRole({
    name: TESTER_ROLE,
    trust: statement({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }),
    permissions: { everything: statement({ Effect: "Allow", Action: "*", Resource: "*" }) },
  });
  return {
    aws,
    scope,
    revocationQueueUrl,
    deadlinesUrl,
    calls,
    become: (who) => {
      const arn = who === TESTER ? `arn:aws:iam::${scope.account}:role/${TESTER_ROLE}` : functionRoleArn(who, scope);
      speakTo(aws.endpoint, aws.keysFor(arn, who === TESTER ? TESTER : functionRoleName(who, scope)));
    },
    close: async () => {
      await aws.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Sets the environment variables that Lambda would set. */
export function speakTo(endpoint: string, keys: Credentials): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken ?? "",
  });
}

const statement = (Statement: object) => ({ Version: "2012-10-17", Statement: [Statement] });

/** Lists the relevant calls that IAM refused to a function: `secretsmanager:GetSecretValue because no ...`. */
export const refusedTo = (
  name: FunctionName,
  { calls, scope }: LocalAccounts,
  counts: (call: ApiCall) => boolean = () => true,
): readonly string[] =>
  calls.flatMap((call) =>
    call.principalArn.includes(functionRoleName(name, scope)) && call.decision === "Denied" && counts(call)
      ? [`${call.action} ${call.why}`]
      : [],
  );
