import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where the real CDK app is sent to. */
export interface Cloud {
  readonly endpoint: string;
  readonly region: string;
  /** For what is written on the way. */
  readonly directory: string;
  /** The app's context: which configuration and policies it deploys. */
  readonly context: Readonly<Record<string, string>>;
}

/** Makes an account ready for the CDK; the app has nothing to say about it, so it is not asked. */
export const bootstrap = (cloud: Cloud, account: string): Promise<void> =>
  cdk(cloud, account, ["bootstrap", `aws://${account}/${cloud.region}`, "--app", ""]);

/** Deploys every stack of the app, as it stands; the outputs of all stacks, by their names. */
export async function deployAll(cloud: Cloud, account: string): Promise<Readonly<Record<string, string>>> {
  const outputs = `${cloud.directory}/outputs.json`;
  await cdk(cloud, account, ["deploy", "--all", "--require-approval", "never", "--outputs-file", outputs]);
  const stacks = JSON.parse(readFileSync(outputs, "utf8")) as Record<string, Record<string, string>>;
  return Object.assign({}, ...Object.values(stacks));
}

/** Takes every stack away again. */
export const destroyAll = (cloud: Cloud, account: string): Promise<void> =>
  cdk(cloud, account, ["destroy", "--all", "--force"]);

/** In the emulator an access key of twelve digits is the account that signs. */
export const credentialsOf = (account: string) => ({ accessKeyId: account, secretAccessKey: "loopback" });

async function cdk(cloud: Cloud, account: string, args: readonly string[]): Promise<void> {
  mkdirSync(cloud.directory, { recursive: true });
  const context = Object.entries(cloud.context).flatMap(([name, value]) => ["--context", `${name}=${value}`]);
  const { accessKeyId, secretAccessKey } = credentialsOf(account);
  try {
    await run(
      "npx",
      [
        "cdk",
        ...args,
        ...context,
        "--output",
        `${cloud.directory}/cdk.out`,
        "--ci",
        "--no-notices",
        "--progress",
        "events",
      ],
      {
        maxBuffer: 64 * 1024 * 1024,
        env: {
          PATH: process.env.PATH,
          // No profile, no configuration, no instance metadata: the endpoint must be the only AWS there is.
          HOME: cloud.directory,
          AWS_ENDPOINT_URL: cloud.endpoint,
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_REGION: cloud.region,
          AWS_EC2_METADATA_DISABLED: "true",
          CDK_DISABLE_CLI_TELEMETRY: "true",
          CDK_DISABLE_VERSION_CHECK: "true",
        },
      },
    );
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`cdk ${args[0]} failed:\n${`${stdout}${stderr}`.slice(-4_000)}`, { cause: error });
  }
}
