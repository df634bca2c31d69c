import { CLASSES, type Hub, OCSF_VERSION, SEVERITY } from "./ocsf-event.ts";
import type { OcsfRow } from "./ocsf-mapping.ts";

/** Identity of an event, which a SIEM reads under `metadata`. */
export interface Identity {
  readonly uid: string;
  readonly original_event_uid: string | undefined;
  readonly event_code: string;
  readonly log_name: string;
  readonly isTruncated: boolean;
}

/** Writes the fields that events of all classes share. @param atMs epoch milliseconds of any size. */
export function ocsfHead(row: OcsfRow, atMs: number, { isTruncated, ...identity }: Identity, hub: Hub) {
  const { uid: class_uid, name: class_name, category } = CLASSES[row.class];
  return {
    class_uid,
    class_name,
    category_uid: category.uid,
    category_name: category.name,
    activity_id: row.activity,
    activity_name: row.name,
    type_uid: class_uid * 100 + row.activity,
    type_name: `${class_name}: ${row.name}`,
    severity_id: SEVERITY[row.severity ?? "informational"],
    time: epoch(atMs),
    message: row.says,
    cloud: { provider: "AWS", region: hub.region, account: { uid: hub.account, type_id: 10 } },
    metadata: {
      version: OCSF_VERSION,
      profiles: ["cloud", "security_control"],
      ...identity,
      tenant_uid: hub.account,
      product: { name: "valetkey", vendor_name: "valetkey" },
      ...(isTruncated ? { is_truncated: true } : {}),
    },
  };
}

/** Returns a whole number of milliseconds that JSON holds exactly. */
export const epoch = (ms: number): number =>
  Number.isFinite(ms) ? Math.max(-MOST_MS, Math.min(Math.trunc(ms), MOST_MS)) : 0;

const MOST_MS = Number.MAX_SAFE_INTEGER;
