import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Credentials } from "../emulator/sessions.ts";
import { type Cloud, startCloud } from "./cloud/start-cloud.ts";
import { databaseTour } from "./database-tour.ts";
import { startDemoDatabase } from "./demo-database.ts";
import { API_URL, PORTS } from "./ports.ts";
import { tour } from "./tour.ts";
import { whatNext } from "./what-next.ts";

const HELP = `npm start             a guided tour of valetkey on an embedded AWS, then keeps serving
npm start -- --once   the tour alone; the last line is its report as JSON, exit 0 if all of it came true
npm start -- --late-iam 4000   with an IAM whose policies act four seconds after they were written, as AWS's do

Nothing leaves this machine: no account, no Docker. The embedded AWS enforces IAM for real.`;

const { values } = parseArgs({
  options: { once: { type: "boolean" }, "late-iam": { type: "string" }, help: { type: "boolean", short: "h" } },
});
const iamActsAfterMs = Number(values["late-iam"] ?? 0);
if (values.help) console.log(HELP);
else if (!Number.isSafeInteger(iamActsAfterMs) || iamActsAfterMs < 0) {
  console.error("--late-iam takes milliseconds, such as 4000");
  process.exitCode = 64;
} else await main(values.once ?? false);

async function main(once: boolean): Promise<void> {
  const say = (line: string): void => console.log(line);
  say("valetkey: a key for one task, and then it is dead.\n");
  const beganAt = performance.now();
  const cloud = await start();
  sampleData(cloud);
  cloud.aws.iamActsAfter(iamActsAfterMs);
  say(`Embedded AWS on ${cloud.aws.endpoint}, valetkey on ${API_URL}  (${Math.round(performance.now() - beganAt)} ms)`);
  const [first, database] = [await tour(API_URL, cloud, say), await startDemoDatabase(cloud)];
  const report = { ...first, ...(await databaseTour(API_URL, cloud, database, say)) };
  const close = async (): Promise<void> => {
    await cloud.close();
    if ("close" in database) await database.close();
  };
  const isAllTrue = Object.values(report).every((value) => value !== false);
  if (once) {
    await close();
    console.log(JSON.stringify(report));
    process.exitCode = isAllTrue ? 0 : 1;
    return;
  }
  say(whatNext(cloud, await publisherKeys(cloud)));
  const end = (): void => {
    const failed = (error: unknown): void => console.error("not everything was closed:", error);
    void close()
      .catch(failed)
      .finally(() => process.exit(0));
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}

async function start(): Promise<Cloud> {
  try {
    return await startCloud({ ports: PORTS, workDir: fileURLToPath(new URL("../build/local", import.meta.url)) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    console.error(
      `A port of ${Object.values(PORTS).join(", ")} on 127.0.0.1 is in use: end what listens there (another \`npm start\`, LocalStack?) and start again.`,
    );
    process.exit(1);
  }
}

function sampleData(cloud: Cloud): void {
  const account = cloud.aws.admin(cloud.targetAccount);
  account.putBucket("acme-data");
  account.putObject("acme-data", "reports/weekly.csv", "week,orders\n2026-W47,1312\n");
  account.putObject("acme-data", "payroll/salaries.csv", "name,salary\n");
  account.putObject("acme-data", "reports-private/board.csv", "topic\n");
}

/** Keys of a role in the account that `local/valetkey.json` lets put events on the bus. */
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
