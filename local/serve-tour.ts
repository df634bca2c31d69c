import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { approvalTour } from "./approval-tour.ts";
import { auditTour } from "./audit-tour.ts";
import { auditorKeys } from "./auditor-keys.ts";
import { type Cloud, startCloud } from "./cloud/start-cloud.ts";
import { conditionsTour } from "./conditions-tour.ts";
import { databaseTour } from "./database-tour.ts";
import { startDemoDatabase } from "./demo-database.ts";
import type { Credentials } from "./emulator/sessions.ts";
import { escalationTour } from "./escalation-tour.ts";
import { memoryTour } from "./memory-tour.ts";
import { moveConfig } from "./move-ports.ts";
import { onShutdown } from "./on-shutdown.ts";
import { outageTour } from "./outage-tour.ts";
import { peopleTour } from "./people-tour.ts";
import { FIRST_PORT } from "./ports.ts";
import { productionTour } from "./production-tour.ts";
import { signingTour } from "./signing-tour.ts";
import type { StartOptions } from "./start-options.ts";
import { Started } from "./started.ts";
import { tour } from "./tour.ts";
import { tourPolicies } from "./tour-policies.ts";
import { whatNext } from "./what-next.ts";

const say = (line: string): void => console.log(line);

/** Starts the cloud, plays the tour, and serves until this process is ended, or ends with the tour's report. */
export async function serveTour(options: StartOptions): Promise<void> {
  const started = new Started();
  let isEnding = false;
  onShutdown(() => {
    isEnding = true;
    const failed = (error: unknown): void => console.error("not everything was closed:", error);
    void started
      .closeSoon()
      .catch(failed)
      .finally(() => process.exit(0));
  });
  await serve(options, started).catch((error: unknown) => {
    // Closing makes a running tour fail: its error is no fault.
    if (!isEnding) throw error;
  });
}

async function serve(options: StartOptions, started: Started): Promise<void> {
  const { ports } = options;
  const [url, consoleUrl] = [ports.api, ports.console].map((port) => `http://127.0.0.1:${port}`) as [string, string];
  const beganAt = performance.now();
  const cloud = await start(options, started);
  sampleData(cloud);
  cloud.aws.iamActsAfter(options.iamActsAfterMs);
  say(
    `Embedded AWS on ${cloud.aws.endpoint}, valetkey on ${url}, its console on ${consoleUrl}  (${Math.round(performance.now() - beganAt)} ms)`,
  );
  const { task, ...first } = await tour(url, cloud, say);
  const others = options.isWhole ? await otherActs(cloud, { url, consoleUrl, task }, ports.database, started) : {};
  const report = { ...first, ...others };
  if (!options.isOnce) {
    say(
      whatNext(
        cloud,
        url,
        { publisher: await publisherKeys(cloud), auditor: await auditorKeys(cloud) },
        options.isWhole,
      ),
    );
    return;
  }
  await started.close();
  console.log(JSON.stringify(report));
  process.exitCode = Object.values(report).every((value) => value !== false) ? 0 : 1;
}

/** Plays the acts from the sixth on. @returns their report. */
async function otherActs(
  cloud: Cloud,
  { url, consoleUrl, task }: { readonly url: string; readonly consoleUrl: string; readonly task: string },
  databasePort: number,
  started: Started,
): Promise<object> {
  const database = await started.add(startDemoDatabase(cloud, databasePort), async (each) => {
    if ("close" in each) await each.close();
  });
  return {
    ...(await databaseTour(url, cloud, database, say)),
    ...(await approvalTour(url, cloud, consoleUrl, say)),
    ...(await auditTour(cloud, task, archiveFolder(), say)),
    ...(await escalationTour(url, cloud, say)),
    ...(await peopleTour(url, cloud, consoleUrl, say)),
    ...(await productionTour(url, cloud, consoleUrl, say)),
    ...(await outageTour(url, cloud, say)),
    ...(await conditionsTour(url, cloud, say)),
    ...(await memoryTour(url, cloud, say)),
    ...(await signingTour(url, cloud, say)),
  };
}

async function start({ ports, trailAfterMs }: StartOptions, started: Started): Promise<Cloud> {
  const [here, built] = [fileURLToPath(new URL(".", import.meta.url)), new URL("../build/", import.meta.url)];
  const isMoved = ports.api !== FIRST_PORT;
  const workDir = fileURLToPath(new URL(isMoved ? `local-${ports.api}` : "local", built));
  const moved = isMoved ? { configFile: moveConfig(join(here, "valetkey.json"), `${workDir}.json`, ports.api) } : {};
  try {
    const policiesDir = tourPolicies(`${workDir}-policies`);
    return await started.add(startCloud({ ports, workDir, policiesDir, trailAfterMs, ...moved }), (cloud) =>
      cloud.close(),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    console.error(
      `A port of ${Object.values(ports).join(", ")} on 127.0.0.1 is in use: end what listens there (another \`npm start\`, LocalStack?), or start on others with \`npm start -- --first-port 5565\`.`,
    );
    process.exit(1);
  }
}
/** Folder of the tour's copy of the archive. */
function archiveFolder(): string {
  return relative(process.cwd(), fileURLToPath(new URL("../build/local-archive", import.meta.url)));
}

/** Makes what the demo agent's policies are about: reports, and a secret that the hub may lease. */
export function sampleData(cloud: Pick<Cloud, "aws" | "targetAccount" | "hubAccount">): void {
  const account = cloud.aws.admin(cloud.targetAccount);
  account.putBucket("acme-data");
  account.putObject("acme-data", "reports/weekly.csv", "week,orders\n2026-W47,1312\n");
  account.putBucket("acme-people");
  account.putObject("acme-people", "ada.json", "{}\n");
  account.putObject("acme-data", "payroll/salaries.csv", "name,salary\n");
  account.putObject("acme-data", "reports-private/board.csv", "topic\n");
  const hub = cloud.aws.admin(cloud.hubAccount);
  hub.createSecret({ name: "demo/api-key", value: "a-sample-key", tags: { "valetkey:managed": "true" } });
}

/** Makes keys of a role in the account that `local/valetkey.json` allows to put events on the bus. */
async function publisherKeys({ aws }: Cloud): Promise<Credentials> {
  const role = await aws.admin("444455556666").createRole({
    name: "ci",
    trust: { Version: "2012-10-17", Statement: [] },
    permissions: {
      put: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "events:PutEvents", Resource: "*" }] },
    },
  });
  return aws.keysFor(role.arn, "ci");
}
