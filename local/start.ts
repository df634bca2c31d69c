import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Credentials } from "../emulator/sessions.ts";
import { approvalTour } from "./approval-tour.ts";
import { auditTour } from "./audit-tour.ts";
import { type Cloud, startCloud } from "./cloud/start-cloud.ts";
import { databaseTour } from "./database-tour.ts";
import { startDemoDatabase } from "./demo-database.ts";
import { escalationTour } from "./escalation-tour.ts";
import { moveConfig } from "./move-ports.ts";
import { onShutdown } from "./on-shutdown.ts";
import { peopleTour } from "./people-tour.ts";
import { FIRST_PORT, portsFrom } from "./ports.ts";
import { productionTour } from "./production-tour.ts";
import { Started } from "./started.ts";
import { tour } from "./tour.ts";
import { tourPolicies } from "./tour-policies.ts";
import { whatNext } from "./what-next.ts";

const HELP = `npm start             a guided tour of valetkey on an embedded AWS, then keeps serving
npm start -- --once   the tour alone; the last line is its report as JSON, exit 0 if all of it came true
npm start -- --late-iam 4000    with an IAM whose policies act four seconds after they were written, as AWS's do
npm start -- --late-trail 5000  with a CloudTrail that reports a call five seconds later; at AWS it takes minutes
npm start -- --first-port 5565  on the ports from 5565 to 5570, and not on those from ${FIRST_PORT}

Nothing leaves this machine: no account, no Docker. The embedded AWS enforces IAM for real.`;

const { values } = parseArgs({
  options: {
    once: { type: "boolean" },
    "late-iam": { type: "string" },
    "late-trail": { type: "string" },
    "first-port": { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});
const iamActsAfterMs = Number(values["late-iam"] ?? 0);
/** Longest delay of CloudTrail here; milliseconds. The tour waits for half a minute. */
const MOST_LATE_MS = 20_000;
const trailAfterMs = Number(values["late-trail"] ?? 0);
const firstPort = Number(values["first-port"] ?? FIRST_PORT);
const ports = portsFrom(firstPort);
const url = `http://127.0.0.1:${ports.api}`;
const started = new Started();
if (values.help) console.log(HELP);
else if (!Number.isSafeInteger(iamActsAfterMs) || iamActsAfterMs < 0) {
  console.error("--late-iam takes milliseconds, such as 4000");
  process.exitCode = 64;
} else if (!Number.isSafeInteger(trailAfterMs) || trailAfterMs < 0 || trailAfterMs > MOST_LATE_MS) {
  console.error(`--late-trail takes milliseconds, such as 5000; ${MOST_LATE_MS} at most`);
  process.exitCode = 64;
} else if (!Number.isSafeInteger(firstPort) || firstPort < 1_024 || ports.console > 65_535) {
  console.error("--first-port takes a port from 1024 to 65530, such as 5565");
  process.exitCode = 64;
} else {
  let isEnding = false;
  onShutdown(() => {
    isEnding = true;
    const failed = (error: unknown): void => console.error("not everything was closed:", error);
    void started
      .closeSoon()
      .catch(failed)
      .finally(() => process.exit(0));
  });
  await main(values.once ?? false).catch((error: unknown) => {
    // Closing makes a running tour fail: its error is no fault.
    if (!isEnding) throw error;
  });
}

async function main(once: boolean): Promise<void> {
  const say = (line: string): void => console.log(line);
  say("valetkey: a key for one task, and then it is dead.\n");
  const beganAt = performance.now();
  const cloud = await start();
  sampleData(cloud);
  cloud.aws.iamActsAfter(iamActsAfterMs);
  say(
    `Embedded AWS on ${cloud.aws.endpoint}, valetkey on ${url}, its console on http://127.0.0.1:${ports.console}  (${Math.round(performance.now() - beganAt)} ms)`,
  );
  const first = await tour(url, cloud, say);
  const database = await started.add(startDemoDatabase(cloud, ports.database), async (each) => {
    if ("close" in each) await each.close();
  });
  const databaseReport = await databaseTour(url, cloud, database, say);
  const approval = await approvalTour(url, cloud, `http://127.0.0.1:${ports.console}`, say);
  const { task, ...firstReport } = first;
  const auditReport = await auditTour(cloud, task, archiveFolder(), say);
  const escalation = await escalationTour(url, cloud, say);
  const people = await peopleTour(url, cloud, `http://127.0.0.1:${ports.console}`, say);
  const production = await productionTour(url, cloud, `http://127.0.0.1:${ports.console}`, say);
  const report = {
    ...firstReport,
    ...databaseReport,
    ...approval,
    ...auditReport,
    ...escalation,
    ...people,
    ...production,
  };
  if (!once) {
    say(whatNext(cloud, url, await publisherKeys(cloud)));
    return;
  }
  await started.close();
  console.log(JSON.stringify(report));
  process.exitCode = Object.values(report).every((value) => value !== false) ? 0 : 1;
}

async function start(): Promise<Cloud> {
  const [here, built] = [fileURLToPath(new URL(".", import.meta.url)), new URL("../build/", import.meta.url)];
  const isMoved = firstPort !== FIRST_PORT;
  const workDir = fileURLToPath(new URL(isMoved ? `local-${firstPort}` : "local", built));
  const moved = isMoved ? { configFile: moveConfig(join(here, "valetkey.json"), `${workDir}.json`, firstPort) } : {};
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

function sampleData(cloud: Cloud): void {
  const account = cloud.aws.admin(cloud.targetAccount);
  account.putBucket("acme-data");
  account.putObject("acme-data", "reports/weekly.csv", "week,orders\n2026-W47,1312\n");
  account.putObject("acme-data", "payroll/salaries.csv", "name,salary\n");
  account.putObject("acme-data", "reports-private/board.csv", "topic\n");
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
