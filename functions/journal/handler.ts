import { DynamoJournal } from "../adapters/dynamodb/journal/dynamo-journal.ts";
import { keys } from "../adapters/dynamodb/table/dynamo-keys.ts";
import { sdkTable } from "../adapters/dynamodb/table/sdk-table-client.ts";
import { WATCHING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { S3Log } from "../adapters/s3/s3-log.ts";
import { buildPorts, readDeployed } from "../adapters/wiring/build-ports.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { parseAnchor } from "../core/archive/anchor.ts";
import { readEnv } from "../env.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { compareAnchor } from "./compare-anchor.ts";
import type { Archived, JournalPorts } from "./journal-ports.ts";
import { PATHS } from "./paths.ts";

function archived(): Archived {
  const env = readEnv("journal");
  const place = parseAnchor(env.VALETKEY_ARCHIVE_ANCHOR);
  return {
    source: new S3Log(env.VALETKEY_ARCHIVE),
    origin: env.VALETKEY_ARCHIVE_ORIGIN,
    bucket: env.VALETKEY_ARCHIVE,
    anchor: place && { place, source: new S3Log(place.bucket, place) },
  };
}

async function load(): Promise<JournalPorts> {
  const env = readEnv("journal");
  const table = sdkTable(env.VALETKEY_TABLE, WATCHING_BOUNDS);
  return {
    ...(await buildPorts("journal", table, readDeployed(env))),
    // Records refusals in a journal of their own: a function that only reads may not write to other journals.
    journal: new DynamoJournal(table, keys.readEvent),
    archived: archived(),
  };
}

const answers = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
const clock = { nowMs: () => Date.now() };

/** Answers requests. Compares the two places of the log on the rule's event, which alone has a `source` beside its body. */
export const handler = async (event: HttpEvent | ScheduledEvent, context: unknown): Promise<HttpAnswer | undefined> => {
  if (!("source" in event)) return answers(event, context);
  await compareAnchor({ archived: archived(), clock, log: stdoutLog });
  return undefined;
};

/** Event of a rule's schedule. */
interface ScheduledEvent {
  readonly source: "aws.events";
}
