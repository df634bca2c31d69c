import { describe, expect, it } from "vitest";
import { refusalInWords, stateInWords, timeLeft, votesInWords } from "../../../console/approvals/in-words.ts";
import { proveRecord } from "../../../console/approvals/prove-record.ts";
import { hashWords } from "../../../contract/decision/hash-words.ts";
import { whyNotInWords } from "../../../contract/decision/why-not-in-words.ts";
import { aRequest } from "../../browser/stub-hub.ts";

const API = "https://api.example.com";

describe("I9f: a record is shown where the page computes the hash that it came with", async () => {
  const { record, hash } = await aRequest(API);
  const expected = { id: record.id, api: API };

  it("the words of a record are those of the command", async () => {
    expect(await proveRecord({ record, hash }, expected)).toEqual({ record, hash, words: hashWords(hash).split(" ") });
  });

  it.each([
    ["a changed purpose", { record: { ...record, purpose: "harmless" }, hash }, expected, /another hash/],
    ["a changed hash", { record, hash: "A".repeat(43) }, expected, /another hash/],
    ["no hash", { record, hash: "" }, expected, /another hash/],
    ["another id than the address", { record, hash }, { ...expected, id: "ap-other" }, /another request/],
    ["another hub", { record, hash }, { ...expected, api: "https://other.example.com" }, /another deployment/],
    ["another record than before", { record, hash }, { ...expected, hash: "B".repeat(43) }, /that you saw before/],
  ])("%s shows nothing", async (_, shown, wanted, sentence) => {
    expect(await proveRecord(shown, wanted)).toEqual(
      expect.objectContaining({ says: expect.stringMatching(sentence) }),
    );
    expect(await proveRecord(shown, wanted)).not.toHaveProperty("record");
  });

  it.each(["version", "decision"] as const)(
    "a form of record that the page does not know shows nothing: %s",
    async (field) => {
      const { recordHash } = await import("../../../contract/decision/record-hash.ts");
      const odd = { ...record, [field]: "later" };
      expect(await proveRecord({ record: odd as never, hash: await recordHash(odd) }, expected)).toMatchObject({
        says: expect.stringMatching(/cannot read/),
      });
    },
  );
});

describe("words of the page", () => {
  it("count votes and time as the command does", () => {
    expect(votesInWords([{ group: "@person", count: 1, have: 0 }])).toBe("the person it acts for 0 of 1");
    expect(
      votesInWords([
        { group: "sre", count: 2, have: 3 },
        { group: "security", count: 1, have: 0 },
      ]),
    ).toBe("sre 2 of 2, security 0 of 1");
    expect([timeLeft(872), timeLeft(59.9), timeLeft(3_661), timeLeft(-5)]).toEqual([
      "14:32",
      "0:59",
      "1:01:01",
      "0:00",
    ]);
  });

  it("give the reason why a decision was not taken, and never call a time-out a denial", () => {
    const wordsOf = (code: string) => refusalInWords({ code, message: "the API's own words" });
    expect(wordsOf("vote_invalid")).toBe("the API's own words");
    expect(wordsOf("approval_expired")).not.toMatch(/den/);
    expect(wordsOf("already_used")).toMatch(/end the task/);
    expect(wordsOf("toString")).toBe("the API's own words");
  });

  it.each([
    ["acted_for", /^The request acts for you\. Somebody else of sre and security has to decide\.$/],
    ["owner_alone", /^You own the agent, .* the only one\. Somebody else of sre and security has to decide\.$/],
    ["registered_agent", /^You registered the agent, .* never decides about its requests\. Somebody else of/],
    ["changed_agent", /^You changed the agent, .* within the last seven days\. Somebody else of/],
  ])("give one reason why a person may not decide (%s), and who may instead", (why, says) => {
    const needed = [{ group: "sre" }, { group: "@person" }, { group: "security" }];
    expect(whyNotInWords(why, needed)).toMatch(says);
    expect(whyNotInWords(why, [{ group: "@person" }])).not.toMatch(/Somebody else/);
  });

  it("give the reason why a person may not decide, and an unknown one unchanged", () => {
    expect([whyNotInWords("toString", []), whyNotInWords("later", [])]).toEqual(["toString", "later"]);
    expect(whyNotInWords("no_group", [{ group: "sre" }])).toBe("You are in none of the groups that decide.");
    expect([stateInWords("denied")[0], stateInWords("toString")]).toEqual(["Denied", ["toString", ""]]);
  });
});
