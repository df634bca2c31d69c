import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { approvalId } from "../../../contract/approval-id.ts";
import { recordHash, voteNonce } from "../../../contract/decision/record-hash.ts";
import { BATCH_RECORDS } from "../../../contract/limits.ts";
import { APPROVAL_ID } from "../../../contract/names.ts";
import * as core from "../../../functions/core/approvals/approval-record.ts";

const anId = fc.stringMatching(/^[a-z][a-z0-9-]{0,9}[a-z]$/).map(agentId);

const anyRecord = fc.record({
  version: fc.constant(1 as const),
  hub: fc.webUrl(),
  id: fc.stringMatching(APPROVAL_ID).map(approvalId),
  decision: fc.constant("vend" as const),
  nonce: fc.base64String(),
  task: fc.string(),
  agent: fc.record({ id: anId, name: fc.string(), owner: fc.string(), team: fc.string() }),
  chain: fc.array(anId),
  purpose: fc.string({ unit: "grapheme" }),
  authorization_details: fc.constant([]),
  grants: fc.constant([]),
  session_policies: fc.dictionary(fc.string(), fc.string()),
  accounts: fc.array(fc.string()),
  ttl: fc.nat(),
  needed: fc.array(fc.record({ group: fc.string(), count: fc.integer({ min: 1, max: 5 }) })),
  bundle: fc.string(),
  created_at: fc.nat(),
  expires_at: fc.nat(),
});

describe("I9b: the approver's own program computes what the exchange computes", () => {
  test("The hash of a record is the exchange's hash", async () => {
    await fc.assert(
      fc.asyncProperty(anyRecord, async (record) => {
        // as it arrives: through JSON
        expect(await recordHash(JSON.parse(JSON.stringify(record)))).toBe(core.recordHash(record));
      }),
    );
  });

  test("The nonce of a batch is the exchange's nonce, in any order", async () => {
    const hash = fc.string({ minLength: 43, maxLength: 43 });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(hash, { minLength: 1, maxLength: BATCH_RECORDS }), async (hashes) => {
        expect(await voteNonce(hashes.toReversed())).toBe(core.voteNonce(hashes));
      }),
    );
  });

  test.each([[[]], [["a", "a"]], [Array.from({ length: 21 }, String)]])("%j is no batch", async (hashes) => {
    await expect(voteNonce(hashes)).rejects.toThrow(RangeError);
    expect(() => core.voteNonce(hashes)).toThrow(RangeError);
  });
});
