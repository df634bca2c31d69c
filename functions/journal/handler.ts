import { DynamoJournal } from "../adapters/dynamodb/dynamo-journal.ts";
import { keys } from "../adapters/dynamodb/dynamo-keys.ts";
import { sdkTable } from "../adapters/dynamodb/sdk-table-client.ts";
import { S3Log } from "../adapters/s3/s3-log.ts";
import { buildPorts } from "../adapters/wiring/build-ports.ts";
import { parseAnchor } from "../core/archive/anchor.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { ENV } from "./env.ts";
import type { JournalPorts } from "./journal-ports.ts";
import { PATHS } from "./paths.ts";

async function load(): Promise<JournalPorts> {
  const env = readEnv(ENV);
  const table = sdkTable(env.VALETKEY_TABLE);
  const place = parseAnchor(env.VALETKEY_ARCHIVE_ANCHOR);
  return {
    ...(await buildPorts("journal", table, env)),
    // Recorded in a journal of its own: a function that reads makes up no event of a task or an agent.
    journal: new DynamoJournal(table, keys.readEvent),
    archived: {
      source: new S3Log(env.VALETKEY_ARCHIVE),
      origin: env.VALETKEY_ARCHIVE_ORIGIN,
      bucket: env.VALETKEY_ARCHIVE,
      anchor: place && { place, source: new S3Log(place.bucket, place) },
    },
  };
}

export const handler = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
