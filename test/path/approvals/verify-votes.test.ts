import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import type { ApprovalRecord } from "../../../functions/core/approvals/approval-record.ts";
import { recordHash, voteNonce } from "../../../functions/core/approvals/approval-record.ts";
import { excludedPeople } from "../../../functions/core/approvals/excluded-people.ts";
import type { StoredVote } from "../../../functions/core/approvals/stored-approval.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import { tallyOf, verifyVotes } from "../../../functions/steps/approvals/verify-votes.ts";
import { aRecord } from "../../fakes/samples/approval.ts";
import { fakeToken } from "../../fakes/world/tokens.ts";
import { fakeWorld, NOON_MS } from "../../fakes/world/world.ts";
import { APPROVING } from "./approving.ts";

const NOW = NOON_MS / 1_000;
const times = { created_at: NOW - 60, expires_at: NOW + 840 };
const record = (changed: Partial<ApprovalRecord> = {}) =>
  aRecord({ path: "k7f3m2q9x4ab." as TaskPath, agent: agentId("demo") }, { ...times, ...changed });

const ONE = record();
const HASH = recordHash(ONE);
const claimsOf = (value: string, changed: object = {}) => ({
  iss: "https://staff.test",
  sub: value,
  aud: "approvals",
  nonce: HASH,
  iat: NOW - 10,
  auth_time: NOW - 10,
  exp: NOW - 5,
  groups: ["g-sre"],
  ...changed,
});
const vote = (value: string, changed: object = {}, hashes = [HASH], place = value): StoredVote => ({
  person: { issuer: "staff", value: place },
  token: fakeToken(claimsOf(value, changed)),
  hashes,
});
const world = () => fakeWorld({ deployment: APPROVING });

const verified = async (stored: StoredVote, { ports } = world()) => verifyVotes([stored], ONE, HASH, ports);

describe("verifying a vote (I9d)", () => {
  it("takes the issuer's statement over exactly this record, long after the token has expired", async () => {
    const { votes } = await verified(vote("bob", { exp: NOW - 5 }));
    expect(votes).toMatchObject([{ person: { issuer: "staff", value: "bob" }, groups: ["sre"], nonce: HASH }]);
  });

  it("takes one sign-in for a batch that names the record", async () => {
    const both = [HASH, recordHash(record())];
    const { votes } = await verified(vote("bob", { nonce: voteNonce(both) }, both));
    expect(votes).toMatchObject([{ nonce: voteNonce(both) }]);
  });

  it("takes the person from the token, wherever the vote was stored", async () => {
    const { votes } = await verified(vote("bob", {}, [HASH], "eve"));
    expect(votes).toMatchObject([{ person: { issuer: "staff", value: "bob" } }]);
  });

  it.each<readonly [string, StoredVote]>([
    ["over another record", vote("bob", { nonce: recordHash(record()) })],
    ["copied from another record", vote("bob", { nonce: recordHash(record()) }, [recordHash(record())])],
    ["over a batch that it was not", vote("bob", {}, [HASH, recordHash(record())])],
    ["over the record twice", vote("bob", {}, [HASH, HASH])],
    ["by a client that is not the approvals'", vote("bob", { aud: "console" })],
    ["from before the request", vote("bob", { iat: NOW - 600, auth_time: NOW - 600 })],
    ["by a sign-in from before the request", vote("bob", { auth_time: NOW - 600 })],
    ["without the time of a sign-in", vote("bob", { auth_time: undefined })],
    ["by a member of no group", vote("bob", { groups: ["g-other"] })],
    ["of an issuer of agents", vote("bob", { iss: "https://robots.test" })],
    ["of an issuer that nobody configured", vote("bob", { iss: "https://evil.test" })],
    ["that is not signed", { ...vote("bob"), token: `${vote("bob").token.slice(0, -4)}AAAA` }],
    ["that is no token", { ...vote("bob"), token: "..." }],
  ])("refuses a vote %s", async (_, stored) => {
    expect(await verified(stored)).toEqual({ votes: [], isUnsure: false });
  });

  it("reports an issuer that cannot be reached as such, and never its vote as invalid", async () => {
    const unreachable = world();
    unreachable.ports.tokens.before = () => {
      throw new Refusal("issuer_unreachable");
    };
    expect(await verified(vote("bob"), unreachable)).toEqual({ votes: [], isUnsure: true });
  });
});

describe("counting votes (I9a)", () => {
  const tally = async (stored: readonly StoredVote[], changed: Partial<ApprovalRecord> = {}, owner = "staff|olga") => {
    const of = { ...ONE, ...changed };
    const { votes } = await verifyVotes(stored, of, HASH, world().ports);
    const agents = [{ owner, shapers: [{ by: "staff|registrar", at: 0 }] }];
    const persons = of.person ? [of.person] : [];
    return tallyOf(votes, of, excludedPeople(agents, persons, of.needed, APPROVING.issuers, NOW));
  };
  const filled = async (...given: Parameters<typeof tally>) => (await tally(...given)).filledAt !== undefined;
  const TWO = { needed: [{ group: "sre", count: 2 }] } as const;
  const BOTH = {
    needed: [
      { group: "security", count: 1 },
      { group: "sre", count: 1 },
    ],
  } as const;
  const inBoth = { groups: ["g-sre", "g-security"] };

  it("takes the required number of distinct people, and the time of the last one", async () => {
    const { filledAt, counted } = await tally([vote("bob"), vote("eve", { iat: NOW - 4 })], TWO);
    expect(filledAt).toBe(NOW - 4);
    expect(counted.map(({ person }) => person.value)).toEqual(["bob", "eve"]);
  });

  it("takes one person once, in whatever place their votes are stored", async () => {
    expect(await filled([vote("bob"), vote("bob", { iat: NOW - 4 }, [HASH], "someone-else")], TWO)).toBe(false);
  });

  it("counts a person's latest vote: whoever has left a group since does not fill its slot by an earlier vote", async () => {
    const earlier = vote("bob", { ...inBoth, iat: NOW - 10 });
    const later = vote("bob", { iat: NOW - 4, auth_time: NOW - 4 }, [HASH], "someone-else");
    expect(await filled([earlier, vote("eve")], BOTH)).toBe(true);
    expect(await filled([earlier, later, vote("eve")], BOTH)).toBe(false);
    expect(await filled([later, earlier, vote("eve")], BOTH)).toBe(false);
  });

  it("counts one person in two groups for one group, and requires both groups (openbao#3815, teleport#36854)", async () => {
    expect(await filled([vote("bob", inBoth)], BOTH)).toBe(false);
    expect(await filled([vote("bob"), vote("eve")], BOTH)).toBe(false);
    expect(await filled([vote("bob", inBoth), vote("eve")], BOTH)).toBe(true);
  });

  it("does not take the person whom the task acts for, nor the owner alone (vault#19214)", async () => {
    expect(await filled([vote("bob")], { person: { issuer: "staff", value: "bob" } })).toBe(false);
    expect(await filled([vote("bob")], {}, "staff|bob")).toBe(false);
    expect(await filled([vote("bob")])).toBe(true);
    expect(await filled([vote("bob"), vote("eve")], TWO, "staff|bob")).toBe(true);
  });

  it("takes no vote alone where the owner could be anybody", async () => {
    expect(await filled([vote("bob")], {}, "owner@acme.test")).toBe(false);
    expect(await filled([vote("bob"), vote("eve")], TWO, "owner@acme.test")).toBe(true);
  });

  it("counts the votes that fill the slots and leaves the others", async () => {
    const { counted } = await tally([vote("bob"), vote("carol", { iat: NOW - 3 }), vote("eve", { iat: NOW - 2 })]);
    expect(counted.map(({ person }) => person.value)).toEqual(["bob"]);
  });
});
