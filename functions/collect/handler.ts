import { firstUsesOf } from "../adapters/dynamodb/journal/first-uses.ts";
import { type JournalRecords, journalEventsOf, putSinceMs } from "../adapters/dynamodb/journal/journal-events.ts";
import { signedTokensOf } from "../adapters/dynamodb/journal/signed-tokens.ts";
import { EventBridgeSiem } from "../adapters/eventbridge/eventbridge-siem.ts";
import { COLLECT_BOUNDS, S3Archive } from "../adapters/s3/s3-archive.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { readEnv } from "../env.ts";
import { collect } from "./collect.ts";
import { siemOf } from "./siem-setting.ts";

const env = readEnv("collect");
const siem = siemOf(env.VALETKEY_SIEM);
const ports = {
  store: new S3Archive(env.VALETKEY_ARCHIVE, { bounds: COLLECT_BOUNDS }),
  proofs: new S3Archive(env.VALETKEY_ARCHIVE, { kmsKey: env.VALETKEY_PROOFS_KEY, bounds: COLLECT_BOUNDS }),
  siem: siem && new EventBridgeSiem(siem),
  clock: { nowMs: () => Date.now() },
  log: stdoutLog,
};

export const handler = (event: JournalRecords) =>
  collect(
    {
      events: journalEventsOf(event),
      tokens: signedTokensOf(event),
      uses: firstUsesOf(event),
      sinceMs: putSinceMs(event),
    },
    ports,
  );
