import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../../../contract/limits.ts";
import { parseAgent } from "../../../../functions/core/identity/parse-agent.ts";
import { EMPTY_CHAIN } from "../../../../functions/core/journal/event.ts";
import { outcome } from "../outcome.ts";
import { anIssuer, STAFF } from "./issuers.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z") / 1_000 + 0.5;
const CLAIMS = { repository_id: "4711" };
const GOOD = {
  id: "reporter",
  name: "Monthly reporter",
  owner: "ada@example.com",
  team: "data",
  bindings: [{ issuer: "ci", claims: CLAIMS }],
};

const parse = (changes: Readonly<Record<string, unknown>>) =>
  parseAgent({ ...GOOD, ...changes }, [anIssuer(), STAFF], NOW);

describe("a registration", () => {
  it("describes an active agent with the usual limits and no events yet", () => {
    expect(parse({})).toEqual({
      ...GOOD,
      status: "active",
      limits: DEFAULT_LIMITS,
      createdAt: Math.floor(NOW),
      chain: EMPTY_CHAIN,
    });
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["an end", { ends_at: "2027-06-30T00:00:00Z" }, { endsAt: Date.parse("2027-06-30T00:00:00Z") / 1_000 }],
    [
      "limits of its own",
      { limits: { live_tasks: 1, task_seconds: 60 } },
      { limits: { liveTasks: 1, taskSeconds: 60 } },
    ],
    ["one limit of its own", { limits: { live_tasks: 1_000 } }, { limits: { ...DEFAULT_LIMITS, liveTasks: 1_000 } }],
    ["no limits of its own", { limits: {} }, { limits: DEFAULT_LIMITS }],
    ["a name in any script", { name: "报告 Rapporteur 🤖" }, { name: "报告 Rapporteur 🤖" }],
    [
      "bindings of one issuer that no token can both match",
      { bindings: ["a", "b"].map((ref) => ({ issuer: "ci", claims: { ...CLAIMS, ref } })) },
      { bindings: ["a", "b"].map((ref) => ({ issuer: "ci", claims: { ...CLAIMS, ref } })) },
    ],
  ])("may have %s", (_name, changes, expected) => {
    expect(parse(changes)).toMatchObject(expected);
  });

  const binding = (changes: Record<string, unknown>) => ({ bindings: [{ issuer: "ci", claims: CLAIMS, ...changes }] });
  const claims = (changes: Record<string, unknown>) => binding({ claims: { ...CLAIMS, ...changes } });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["an unexpected field", { status: "active" }, /^The fields are id, name/],
    ["no id", { id: undefined }, /^id must/],
    ["an id of one character", { id: "a" }, /^id must have 2 to 64/],
    ["an id with capitals", { id: "Reporter" }, /^id must have 2 to 64/],
    ["an id too long", { id: "a".repeat(65) }, /^id must/],
    ["no name", { name: "" }, /^name must/],
    ["a name of white space", { name: " " }, /^name must/],
    ["a name that is a number", { name: 1 }, /^name must/],
    ["a name too long", { name: "n".repeat(129) }, /^name must/],
    ["a name that controls the terminal", { name: "a\u001b[2J" }, /^name must/],
    ["a name that turns text around", { name: "a\u202eb" }, /^name must/],
    ["a name with half a character", { name: "a\ud800" }, /^name must/],
    ["no owner", { owner: undefined }, /^owner must/],
    ["an owner too long", { owner: "o".repeat(257) }, /^owner must/],
    ["an owner of the same look as a person", { owner: "staff|ada\u200b" }, /^owner must have no invisible/],
    ["an owner with a soft hyphen", { owner: "staff|a\u00adda" }, /^owner must have no invisible/],
    ["an owner with white space at its end", { owner: "staff|ada " }, /^owner must have no invisible/],
    ["an owner with an invisible letter", { owner: "staff|ada\u3164" }, /^owner must have no invisible/],
    ["a team of the same look as another", { team: "data\u2060" }, /^team must have no invisible/],
    ["no team", { team: undefined }, /^team must/],
    ["a team too long", { team: "t".repeat(65) }, /^team must/],
    ["no bindings", { bindings: undefined }, /^bindings must/],
    ["a list of no bindings", { bindings: [] }, /^bindings must/],
    ["21 bindings", { bindings: new Array(21).fill(GOOD.bindings[0]) }, /^bindings must/],
    ["a binding that is a text", { bindings: ["ci"] }, /^bindings\[0\] must be an object/],
    ["a binding that is a list", { bindings: [[]] }, /^bindings\[0\] must be an object/],
    ["a binding with a field more", binding({ audience: "x" }), /^bindings\[0\] has the fields/],
    ["a binding to an unknown issuer", binding({ issuer: "other" }), /^bindings\[0\].issuer must be the name/],
    ["a binding without an issuer", binding({ issuer: undefined }), /^bindings\[0\].issuer must be the name/],
    ["a binding to a people's issuer", binding({ issuer: "staff" }), /never binds to an agent/],
    ["a binding without claims", binding({ claims: undefined }), /^bindings\[0\].claims must be an object/],
    ["a binding that requires nothing", binding({ claims: {} }), /must name repository_id/],
    ["a binding without the issuer's pin", binding({ claims: { ref: "main" } }), /must name repository_id/],
    [
      "11 claims",
      claims(Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`c${n}`, "v"]))),
      /may hold 10 claims/,
    ],
    ["a claim without a name", claims({ "": "v" }), /a name that is empty/],
    ["a claim with a name too long", claims({ ["n".repeat(257)]: "v" }), /a name that is empty/],
    ["a claim named __proto__", claims(JSON.parse('{"__proto__":"v"}')), /__proto__/],
    ["a claim that is a number", claims({ repository_id: 4711 }), /strings of 1 to 512/],
    ["an empty claim", claims({ ref: "" }), /strings of 1 to 512/],
    ["a claim too long", claims({ ref: "v".repeat(513) }), /strings of 1 to 512/],
    ["a claim with half a character", claims({ ref: "\ud800" }), /strings of 1 to 512/],
    ["a claim with a wildcard", claims({ ref: "refs/heads/*" }), /there are no wildcards/],
    [
      "two bindings that one token could match",
      {
        bindings: [
          { issuer: "ci", claims: CLAIMS },
          { issuer: "ci", claims: { ...CLAIMS, ref: "main" } },
        ],
      },
      /^Two of the bindings/,
    ],
    ["an end that is a number", { ends_at: NOW + 60 }, /^ends_at must be a time/],
    ["an end in another zone", { ends_at: "2027-06-30T00:00:00+02:00" }, /^ends_at must be a time/],
    ["an end in no month", { ends_at: "2027-13-01T00:00:00Z" }, /^ends_at must be a time/],
    ["an end on a day that is not in the calendar", { ends_at: "2027-02-30T00:00:00Z" }, /^ends_at must be a time/],
    ["an end in the past", { ends_at: "2026-11-24T12:00:00Z" }, /^ends_at must be in the future/],
    ["limits that are a number", { limits: 5 }, /^limits must be an object/],
    ["limits that are null", { limits: null }, /^limits must be an object/],
    ["an unknown limit", { limits: { tokens: 1 } }, /^limits has the fields/],
    ["no live task", { limits: { live_tasks: 0 } }, /^limits.live_tasks must/],
    ["a fraction of a task", { limits: { live_tasks: 1.5 } }, /^limits.live_tasks must/],
    ["too many live tasks", { limits: { live_tasks: 1_001 } }, /^limits.live_tasks must/],
    ["a limit that is a text", { limits: { task_seconds: "60" } }, /^limits.task_seconds must/],
    ["a task longer than twelve hours", { limits: { task_seconds: 43_201 } }, /^limits.task_seconds must/],
  ])("is refused with %s", (_name, changes, say) => {
    expect(outcome(() => parse(changes))).toMatchObject({
      code: "agent_invalid",
      detail: { say: expect.stringMatching(say) },
    });
  });
});
