import { existsSync } from "node:fs";
import { deploymentOf, readConfig } from "../../infra/config/read-config.ts";
import type { Config } from "../../infra/config/schema.ts";
import { ownCommand } from "../own-command.ts";
import { shellWord } from "../shell-quoting.ts";
import { hasCredentials } from "./aws/has-credentials.ts";
import { bad, type Finding, skipped } from "./finding.ts";
import type { OpenLog } from "./inspect-approvers.ts";
import { inspectArchive } from "./inspect-archive.ts";
import { inspectIam } from "./inspect-iam.ts";
import { inspectIssuers } from "./inspect-issuers.ts";
import { inspectPlaceholders } from "./inspect-placeholders.ts";
import type { Inspected } from "./inspected.ts";
import { synthesise } from "./synthesise.ts";

/**
 * Checks the deployment that `valetkey.json` describes: its issuers and approvers. With AWS credentials in the
 * environment, checks its stacks, roles and quotas too. Loads the AWS SDK only where there are credentials.
 */
export async function inspect(
  inspected: Inspected,
  env: NodeJS.ProcessEnv,
  say: (what: string) => void,
): Promise<readonly Finding[]> {
  const { url, configFile } = inspected;
  const another = "operators: in the checkout it is deployed from, or with --config";
  if (!existsSync(configFile)) return [skipped("deployment", `there is no ${configFile} here`, another)];
  let config: Config;
  try {
    config = readConfig(configFile);
  } catch (error) {
    const message = (error instanceof Error ? error.message : "it cannot be read").replace(/\s*\n\s*/g, "; ");
    return [bad("deployment", message, "correct it; nothing could be deployed from it")];
  }
  const deployment = deploymentOf(config);
  const approvers = async () =>
    config.approvers === undefined
      ? []
      : (await import("./inspect-approvers.ts")).inspectApprovers(
          inspected,
          () => openLog(config, inspected, env, say),
          Date.now(),
        );
  const stepUp = async () => (await import("./inspect-step-up.ts")).inspectStepUp(deployment, inspected);
  if (inspected.isBefore)
    return [
      ...inspectPlaceholders(config, inspected),
      ...(await inspectIssuers(deployment.issuers)),
      ...(await approvers()),
      ...(await stepUp()),
      inspectArchive(config),
      inspectIam(config),
      ...(await inspectAccounts(config, inspected, env, say)),
    ];
  if (deployment.url !== url) return [skipped("deployment", `${configFile} is of ${deployment.url}`, another)];
  const issuers = inspectIssuers(deployment.issuers);
  return [
    ...(await issuers),
    ...(await approvers()),
    ...(await stepUp()),
    inspectArchive(config),
    inspectIam(config),
    ...(await inspectAccounts(config, inspected, env, say)),
  ];
}

/** Opens the named copy of the signed log, or with AWS credentials the deployed log. */
async function openLog(
  config: Config,
  { logFolder, isBefore }: Inspected,
  env: NodeJS.ProcessEnv,
  say: (what: string) => void,
): Promise<OpenLog | Finding | undefined> {
  if (logFolder !== undefined)
    return {
      source: (await import("../audit/archive-source.ts")).folderSource(logFolder),
      place: logFolder,
      verify: `${ownCommand()} audit verify ${shellWord(logFolder)}`,
    };
  if (isBefore || !hasCredentials(env)) return undefined;
  say("reading the signed log, to count who has voted");
  return (await import("./aws/deployed-log.ts")).deployedLog(config, "approvers");
}

async function inspectAccounts(
  config: Config,
  inspected: Inspected,
  env: NodeJS.ProcessEnv,
  say: (what: string) => void,
): Promise<readonly Finding[]> {
  if (!hasCredentials(env))
    return [
      skipped(
        "aws",
        "there are no AWS credentials in the environment",
        `operators: set AWS_PROFILE, or keys, of the hub's account ${config.hub.account}`,
      ),
    ];
  if (inspected.isBefore) {
    const { inspectBootstrap } = await import("./aws/inspect-bootstrap.ts");
    say("building the templates, and checking in AWS whether they could be deployed: that can take a minute");
    return inspectBootstrap(config, synthesise({ ...inspected, isBundled: false }));
  }
  const { inspectAws } = await import("./aws/inspect-aws.ts");
  return inspectAws(config, inspected, say);
}
