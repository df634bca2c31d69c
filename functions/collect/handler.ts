import { type JournalRecords, journalEventsOf } from "../adapters/dynamodb/journal-events.ts";
import { S3Archive } from "../adapters/s3/s3-archive.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { readEnv } from "../env.ts";
import { collect } from "./collect.ts";
import { ENV } from "./env.ts";

const env = readEnv(ENV);
const ports = {
  store: new S3Archive(env.VALETKEY_ARCHIVE),
  clock: { nowMs: () => Date.now() },
  log: stdoutLog,
};

export const handler = (event: JournalRecords) => collect(journalEventsOf(event), ports);
