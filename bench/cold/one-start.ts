/**
 * One cold start, in a process of its own: imports a bundle, hands it its events, one after the other, and prints how long it took.
 * Standard input is `{"bundle", "events", "warm"}`: of `warm` further events, the CPU time of each is told too.
 */
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

export interface Start {
  readonly bundle: string;
  /** The first is the cold one; the others are warm. */
  readonly events: readonly unknown[];
}

export interface Started {
  readonly importMs: number;
  readonly firstMs: number;
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
const { statusCode } = await handler(events[0], context);
const answeredAtMs = performance.now();

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
  statusCode,
  warmCpuMs,
};
// The functions log to standard output, so the answer goes elsewhere.
process.stderr.write(JSON.stringify(started));
process.exit(0);
