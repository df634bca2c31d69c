import { anchorText } from "../functions/core/archive/anchor.ts";
import { lockText } from "../functions/core/archive/parse-lock.ts";
import { restoredText } from "../functions/core/archive/restored.ts";
import type { EnvOf } from "../functions/env.ts";
import { archiveOriginOf, type HubScope } from "./arns.ts";
import type { Config } from "./config/schema.ts";
import { archiveLockOf } from "./hub-scope.ts";

/** Environment of the function that writes the archive. */
export const archiveEnvironment = (
  config: Pick<Config, "archive" | "restoredAt" | "table">,
  hub: HubScope,
): Omit<EnvOf<"archive">, "VALETKEY_DEPLOYMENT"> => ({
  ...shownArchive(hub),
  VALETKEY_ARCHIVE_KEY: hub.archiveKeyAlias,
  VALETKEY_ARCHIVE_LOCK: lockText(archiveLockOf(config)),
  VALETKEY_RESTORED_AT: restoredText(config.restoredAt, config.table?.copiedAt),
});

/** Environment of the function that shows the archive: the place of the archive. */
export const shownArchive = (
  hub: HubScope,
): Pick<EnvOf<"journal">, "VALETKEY_ARCHIVE" | "VALETKEY_ARCHIVE_ORIGIN" | "VALETKEY_ARCHIVE_ANCHOR"> => ({
  VALETKEY_ARCHIVE: hub.archiveBucket,
  VALETKEY_ARCHIVE_ORIGIN: archiveOriginOf(hub),
  VALETKEY_ARCHIVE_ANCHOR: anchorText(hub.anchor),
});
