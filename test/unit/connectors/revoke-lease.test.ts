import { expect, it } from "vitest";
import { ISSUE_SECONDS, revokeLease } from "../../../functions/connectors/revoke-lease.ts";
import type { Connector, Revocation } from "../../../functions/core/connectors/connector.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import type { ConnectorLease } from "../../../functions/core/tasks/connector-lease.ts";

const NOW = 1_800_000_000;
const lease = (state: ConnectorLease["state"]): ConnectorLease => ({
  name: "secret-0",
  type: "secret",
  path: "k7f3m2q9x4ab." as TaskPath,
  detail: 0,
  state,
  startedAt: NOW,
  expiresAt: NOW + 900,
  made: {},
});
const answering = (answer: Revocation) => ({ revoke: async () => answer }) as unknown as Connector;

it.each<[string, Revocation, Revocation, ConnectorLease["state"], number]>([
  ["revoked", "revoked", "revoked", "issued", 0],
  ["revoked once it can be issued no more", "revoked", "revoked", "issuing", ISSUE_SECONDS],
  ["unknown while it may still be issued", "revoked", "unknown", "issuing", ISSUE_SECONDS - 1],
  ["unknown where it is", "unknown", "unknown", "issued", 90],
  ["failed where it has", "failed", "failed", "issuing", 0],
])("I5: a lease is %s", async (_case, answer, expected, state, afterSeconds) => {
  expect(await revokeLease(lease(state), answering(answer), NOW + afterSeconds)).toBe(expected);
});

it("I5: a lease of a kind that has no connector any more is loudly not revoked", async () => {
  expect(await revokeLease(lease("issued"), undefined, NOW)).toBe("failed");
});
