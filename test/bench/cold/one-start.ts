/**
 * Measures one cold start in its own process: imports a bundle, passes it the events, and prints the time. Standard
 * input is `{"bundle", "events", "warm"}`. For each of the `warm` further events, prints its CPU time.
 */
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

export interface Start {
  readonly bundle: string;
  /** Events. The first one is cold, the others are warm. */
  readonly events: readonly unknown[];
}

export interface Started {
  readonly importMs: number;
  readonly firstMs: number;
  /** CPU time of the process until the import was done; milliseconds. */
  readonly importedCpuMs: number;
  /** CPU time of the process until its first answer; milliseconds. */
  readonly cpuMs: number;
  readonly statusCode: number;
  /** CPU time of each further event, in milliseconds. */
  readonly warmCpuMs: readonly number[];
}

type Handler = (event: unknown, context: unknown) => Promise<{ readonly statusCode: number }>;

const { bundle, events } = JSON.parse(await text(process.stdin)) as Start;
const context = { getRemainingTimeInMillis: () => 10_000 };
const beganAtMs = performance.now();
const { handler } = (await import(pathToFileURL(bundle).href)) as { readonly handler: Handler };
const importedAtMs = performance.now();
const imported = process.cpuUsage();
const { statusCode } = await handler(events[0], context);
const answeredAtMs = performance.now();
const { user, system } = process.cpuUsage();

const warmCpuMs: number[] = [];
for (const event of events.slice(1)) {
  const before = process.cpuUsage();
  await handler(event, context);
  const { user, system } = process.cpuUsage(before);
  warmCpuMs.push((user + system) / 1_000);
}
const started: Started = {
  importMs: importedAtMs - beganAtMs,
  firstMs: answeredAtMs - importedAtMs,
  importedCpuMs: (imported.user + imported.system) / 1_000,
  cpuMs: (user + system) / 1_000,
  statusCode,
  warmCpuMs,
};
// Functions log to standard output, so the result goes to standard error.
process.stderr.write(JSON.stringify(started));
process.exit(0);
