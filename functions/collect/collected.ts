import { JOURNAL_KINDS, KINDS, TABLE_KEYS } from "../names.ts";

/**
 * Records of the table's stream that are collected for the archive: each event that was put into a journal. The stack deploys this pattern as the
 * filter of the stream's event source mapping.
 */
export const COLLECTED = {
  eventName: ["INSERT"],
  dynamodb: {
    Keys: { [TABLE_KEYS.partition]: { S: JOURNAL_KINDS.map((kind) => ({ prefix: KINDS[kind] })) } },
    NewImage: { kind: { S: ["EVENT"] } },
  },
} as const;
