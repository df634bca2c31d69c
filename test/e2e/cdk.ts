import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Source and target of a deployment. */
export interface Cloud {
  readonly endpoint: string;
  readonly region: string;
  /** Folder for the files that a deployment writes. */
  readonly directory: string;
  /** Folder of the deployment, with its own CDK and its own package of valetkey. */
  readonly folder: string;
}

/** Makes an account ready for the CDK. The app has no say in it, so the CDK does not run it. */
export const bootstrap = (cloud: Cloud, account: string): Promise<void> =>
  cdk(cloud, account, ["bootstrap", `aws://${account}/${cloud.region}`, "--app", ""]);

/**
 * Deploys every stack of the app. Returns the outputs of all stacks by their names. MiniStack's alarms know no metric
 * math: such an alarm watches its first metric there.
 */
export async function deployAll(cloud: Cloud, account: string): Promise<Readonly<Record<string, string>>> {
  const outputs = `${cloud.directory}/outputs.json`;
  await cdk(cloud, account, ["synth", "--quiet"]);
  const app = outputOf(cloud);
  const templates = readdirSync(app, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.template\.json$/.test(name),
  );
  for (const name of templates) {
    const text = readFileSync(join(app, name), "utf8");
    writeFileSync(join(app, name), withoutSecretPolicies(withoutMetricMath(text)));
  }
  await cdk(cloud, account, [
    "deploy",
    "--all",
    "--require-approval",
    "never",
    "--outputs-file",
    outputs,
    "--app",
    app,
  ]);
  const stacks = JSON.parse(readFileSync(outputs, "utf8")) as Record<string, Record<string, string>>;
  return Object.assign({}, ...Object.values(stacks));
}

const outputOf = ({ directory }: Cloud): string => `${directory}/cdk.out`;

interface Alarm {
  readonly Type: string;
  readonly Properties: {
    readonly Metrics?: readonly {
      readonly MetricStat?: { readonly Metric: object; readonly Stat: string; readonly Period: number };
    }[];
  };
}

function withoutMetricMath(text: string): string {
  const template = JSON.parse(text) as { readonly Resources?: Record<string, Alarm> };
  for (const alarm of Object.values(template.Resources ?? {})) {
    if (alarm.Type !== "AWS::CloudWatch::Alarm" || !alarm.Properties.Metrics) continue;
    const { Metrics, ...others } = alarm.Properties;
    const stat = Metrics.flatMap(({ MetricStat }) => MetricStat ?? [])[0];
    if (!stat) throw new Error("an alarm by metric math has no metric");
    Object.assign(alarm, { Properties: { ...others, ...stat.Metric, Statistic: stat.Stat, Period: stat.Period } });
  }
  return JSON.stringify(template);
}

/** Removes the policies of secrets, a type that MiniStack's CloudFormation does not know. It enforces no IAM. */
function withoutSecretPolicies(text: string): string {
  const template = JSON.parse(text) as { readonly Resources?: Record<string, Pick<Alarm, "Type">> };
  const kept = Object.entries(template.Resources ?? {}).filter(
    ([, { Type }]) => Type !== "AWS::SecretsManager::ResourcePolicy",
  );
  return JSON.stringify({ ...template, ...(template.Resources ? { Resources: Object.fromEntries(kept) } : {}) });
}

/** Destroys every stack. */
export const destroyAll = (cloud: Cloud, account: string): Promise<void> =>
  cdk(cloud, account, ["destroy", "--all", "--force"]);

/** In the emulator an access key of twelve digits is the account that signs. */
export const credentialsOf = (account: string) => ({ accessKeyId: account, secretAccessKey: "loopback" });

async function cdk(cloud: Cloud, account: string, args: readonly string[]): Promise<void> {
  mkdirSync(cloud.directory, { recursive: true });
  const { accessKeyId, secretAccessKey } = credentialsOf(account);
  try {
    await run(
      "npx",
      [
        "cdk",
        ...args,
        ...(args.includes("--app") ? [] : ["--output", outputOf(cloud)]),
        "--ci",
        "--no-notices",
        "--progress",
        "events",
      ],
      {
        cwd: cloud.folder,
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
