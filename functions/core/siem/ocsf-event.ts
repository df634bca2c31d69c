/**
 * Version of OCSF of the events: the newest whose schema is published as a package (test/judges/ocsf/build-schema.py).
 */
export const OCSF_VERSION = "1.8.0";

/** Hub that the events come from. */
export interface Hub {
  readonly account: string;
  readonly region: string;
}

/** Classes of OCSF in use. https://schema.ocsf.io/1.8.0/classes */
export const CLASSES = {
  authorize: { uid: 3003, name: "Authorize Session", category: { uid: 3, name: "Identity & Access Management" } },
  entity: { uid: 3004, name: "Entity Management", category: { uid: 3, name: "Identity & Access Management" } },
  api: { uid: 6003, name: "API Activity", category: { uid: 6, name: "Application Activity" } },
  finding: { uid: 2004, name: "Detection Finding", category: { uid: 2, name: "Findings" } },
} as const;
export type OcsfClass = keyof typeof CLASSES;

/** OCSF's numbers of severities. */
export const SEVERITY = { informational: 1, low: 2, medium: 3, high: 4, critical: 5 } as const;
export type Severity = keyof typeof SEVERITY;

/** OCSF's numbers of users' types: a person, a workload, valetkey itself. */
export const USER_TYPE = { person: 1, system: 3, agent: 4 } as const;

/** User of OCSF. */
export interface OcsfUser {
  readonly uid: string;
  readonly type_id: (typeof USER_TYPE)[keyof typeof USER_TYPE];
}

/** Event of OCSF: the fields of all classes, and those of the event's class. */
export interface OcsfEvent {
  readonly class_uid: number;
  readonly activity_id: number;
  readonly type_uid: number;
  readonly severity_id: number;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly message: string;
  readonly metadata: { readonly uid: string; readonly version: string; readonly [name: string]: unknown };
  readonly [name: string]: unknown;
}
