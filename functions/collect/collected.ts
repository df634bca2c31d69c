import { JOURNAL_KINDS, KINDS, SIGNED_KINDS, TABLE_KEYS } from "../names.ts";

/**
 * Records of the table's stream that are collected for the archive: each event that was put into a journal. The stack deploys this pattern as a filter of
 * the stream's event source mapping.
 */
export const COLLECTED = {
  eventName: ["INSERT"],
  dynamodb: {
    Keys: { [TABLE_KEYS.partition]: { S: JOURNAL_KINDS.map((kind) => ({ prefix: KINDS[kind] })) } },
    NewImage: { kind: { S: ["EVENT"] } },
  },
} as const;

/** Records that are collected for the archive's proofs: each token by which a person signed. A new vote of the same person replaces the item. */
export const SIGNED = {
  eventName: ["INSERT", "MODIFY"],
  dynamodb: {
    Keys: { [TABLE_KEYS.partition]: { S: SIGNED_KINDS.map((kind) => ({ prefix: KINDS[kind] })) } },
    NewImage: { token: { S: [{ exists: true }] } },
  },
} as const;

/** Records that are also collected if a SIEM gets events: a task's first use of an action on a resource. */
export const FIRST_USE = {
  eventName: ["INSERT"],
  dynamodb: {
    Keys: { [TABLE_KEYS.partition]: { S: [{ prefix: KINDS.use }] } },
    NewImage: { action: { S: [{ exists: true }] } },
  },
} as const;
