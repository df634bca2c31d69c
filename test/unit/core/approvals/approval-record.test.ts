import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { approvalId } from "../../../../contract/approval-id.ts";
import {
  type ApprovalRecord,
  assertReadable,
  changedEffects,
  recordHash,
  voteNonce,
} from "../../../../functions/core/approvals/approval-record.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";

const record: ApprovalRecord = {
  version: 1,
  hub: "https://valetkey.example.com",
  id: approvalId("k7f3m2q9x4ab5678"),
  decision: "vend",
  nonce: "AAAAAAAAAAAAAAAAAAAAAA",
  task: "4w8ewf9b68a8.",
  agent: { id: agentId("deployer"), name: "Deployer", owner: "alice", team: "platform" },
  chain: [],
  purpose: "deploy release 7",
  authorization_details: [
    {
      type: "aws",
      account: accountId("111122223333"),
      actions: spelled("s3:GetObject"),
      resources: ["arn:aws:s3:::acme/*"],
    },
  ],
  grants: [
    {
      type: "aws",
      account: accountId("111122223333"),
      actions: spelled("s3:GetObject"),
      resources: ["arn:aws:s3:::acme/*"],
    },
  ],
  session_policies: { "aws-0": "hash" },
  accounts: ["111122223333"],
  ttl: 900,
  needed: [{ group: "sre", count: 1 }],
  bundle: "b".repeat(64),
  created_at: 1_800_000_000,
  expires_at: 1_800_000_900,
};

describe("the hash of an approval's record", () => {
  it("is SHA-256 over the domain and the canonical JSON, which anybody can compute", () => {
    const { agent, ...rest } = record;
    const reordered = { ...rest, agent: { team: agent.team, owner: agent.owner, name: agent.name, id: agent.id } };
    // Written by hand: names sorted, no white space.
    const text =
      '{"accounts":["111122223333"],"agent":{"id":"deployer","name":"Deployer","owner":"alice","team":"platform"},"authorization_details":[{"account":"111122223333","actions":["s3:GetObject"],"resources":["arn:aws:s3:::acme/*"],"type":"aws"}],' +
      `"bundle":"${"b".repeat(64)}","chain":[],"created_at":1800000000,"decision":"vend","expires_at":1800000900,"grants":[{"account":"111122223333","actions":["s3:GetObject"],"resources":["arn:aws:s3:::acme/*"],"type":"aws"}],` +
      '"hub":"https://valetkey.example.com","id":"k7f3m2q9x4ab5678","needed":[{"count":1,"group":"sre"}],"nonce":"AAAAAAAAAAAAAAAAAAAAAA","purpose":"deploy release 7","session_policies":{"aws-0":"hash"},"task":"4w8ewf9b68a8.","ttl":900,"version":1}';
    const hash = createHash("sha256").update(`valetkey/approval/v1\n${text}`).digest("base64url");
    expect(recordHash(record)).toBe(hash);
    expect(recordHash(reordered)).toBe(hash);
  });

  it.each(Object.keys(record).map((name) => [name]))("I9b: changes with %s", (name) => {
    const changed = { ...record, [name]: name === "version" ? 2 : ["another value"] };
    expect(recordHash(changed as ApprovalRecord)).not.toBe(recordHash(record));
  });
});

describe("one sign-in for several records", () => {
  it("is the record's own hash for one, and the same for every order of several", () => {
    expect(voteNonce(["h1"])).toBe("h1");
    expect(voteNonce(["h2", "h1"])).toBe(voteNonce(["h1", "h2"]));
    expect(voteNonce(["h1", "h2"])).not.toBe(voteNonce(["h1", "h3"]));
  });

  it("takes 1 to 20 records, each once", () => {
    expect(() => voteNonce([])).toThrow(RangeError);
    expect(() => voteNonce(["h1", "h1"])).toThrow(RangeError);
    expect(() => voteNonce(Array.from({ length: 21 }, (_, index) => `h${index}`))).toThrow(RangeError);
    expect(voteNonce(Array.from({ length: 20 }, (_, index) => `h${index}`))).toHaveLength(43);
  });
});

describe("I9f: a record that a person can read", () => {
  it("is refused over 24 KiB", () => {
    expect(() => assertReadable(record)).not.toThrow();
    expect(() => assertReadable({ ...record, purpose: "x".repeat(24_576) })).toThrow("intent_too_large");
  });

  it.each(["\u202e", "\u0007", "\u001b[2J", "\ud800", "\u2066"])("is refused with %j in any text of it", (odd) => {
    expect(() => assertReadable({ ...record, purpose: `a${odd}` })).toThrow("intent_invalid");
    expect(() => assertReadable({ ...record, session_policies: { [odd]: "hash" } })).toThrow("intent_invalid");
  });
});

describe("I9b: a vote fits the effects that were approved", () => {
  it("another bundle, purpose or time is the same effect", () => {
    expect(changedEffects(record, { ...record })).toEqual([]);
  });

  it.each([
    ["grants", { grants: [] }],
    ["session_policies", { session_policies: { "aws-0": "other" } }],
    ["accounts", { accounts: ["444455556666"] }],
    ["ttl", { ttl: 901 }],
    ["needed", { needed: [{ group: "sre", count: 2 }] }],
  ])("names %s", (name, change) => {
    expect(changedEffects(record, { ...record, ...change })).toEqual([name]);
  });
});
