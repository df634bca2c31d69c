import { describe, expect, it } from "vitest";
import { NEVER } from "../../functions/core/ceiling/ceiling-actions.ts";
import { SESSION_POLICY_CHARACTERS } from "../../functions/core/policy/compile.ts";
import { Budget, FURTHER, OverBudget } from "../../functions/core/proof/budget.ts";
import { MOST_BYTES, PartsCache } from "../../functions/core/proof/parts-cache.ts";
import { CachingProofs } from "../../functions/core/proof/proofs.ts";
import { orUnknown, proveRead } from "../../functions/core/proof/prove.ts";
import type { Question } from "../../functions/core/proof/question.ts";
import { readQuestion } from "../../functions/core/proof/read-question.ts";
import { proveSessions } from "../../functions/policy/prove-sessions.ts";
import { ACCOUNT } from "../bench/policy/two-hundred-policies.ts";
import { namedIntents } from "../bench/proof/named-intents.ts";
import { CATALOGUE, policiesOf, questionOf } from "../bench/proof/questions.ts";

const permit = (pattern: string): string =>
  `permit (principal, action, resource is AWS::Resource) when { resource.arn like "${pattern}" };`;
const forbid = (pattern: string): string =>
  `forbid (principal, action, resource is AWS::Resource) when { resource.arn like "${pattern}" };`;
const policiesOfB = policiesOf([permit("arn:aws:s3:::acme/*b")]);
/** An intent on one set of objects, under conditions. */
const under = (conditions: object, resource = "arn:aws:s3:::acme/*/b"): string =>
  JSON.stringify([{ type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: [resource], conditions }]);
function asked(json: string, policies = policiesOfB): Question {
  const question = questionOf(json, policies, "report");
  if (question === undefined) throw new Error(`policy denies ${json}`);
  return question;
}
const proofs = () => new CachingProofs(() => 0);

describe("a condition of an agent", () => {
  it.each([0, 12, 480])("is proven with %i question marks behind a star", (count) => {
    const question = asked(under({ StringLike: { "aws:UserAgent": `*a${"?".repeat(count)}a` } }));
    expect(proofs().answer(question)).toEqual({ verdict: "proven" });
  });

  it("is proven with twenty values, each with stars", () => {
    const values = Array.from({ length: 20 }, (_, index) => `*${index}a*b?*c`);
    const question = asked(
      under({ StringLike: { "aws:UserAgent": values }, StringNotLike: { "aws:Referer": values } }),
    );
    expect(proofs().answer(question)).toEqual({ verdict: "proven" });
  });
});

/** A child's condition beside another one of the task above: which values meet both takes a search. */
const hostile = (name: string): Question => {
  const like = (letter: string) => ({ StringLike: { "aws:UserAgent": `*${letter}${"?".repeat(200)}${letter}` } });
  const above = asked(under(like("a"), `arn:aws:s3:::acme/${name}/*/b`)).text;
  return { ...asked(under(like("b"), `arn:aws:s3:::acme/${name}/*/b`)), above: [[above]] };
};

describe("a proof that exceeds its budget", () => {
  it("is unknown, and nothing of it is kept", () => {
    const cache = new PartsCache();
    const { bytes } = cache;
    for (let count = 0; count < 20; count += 1) {
      const read = readQuestion(hostile(`r${count}`));
      expect(orUnknown(() => proveRead(read, new Budget(() => 0), cache))).toEqual({
        verdict: "unknown",
        why: "budget",
      });
      expect(cache.bytes).toBe(bytes);
    }
  });

  it("takes bounded memory, as the estimate says", () => {
    const budget = new Budget(() => 0);
    const cache = new PartsCache();
    let most = 0;
    const parts = cache.begin(budget);
    const before = cache.bytes;
    const pattern = parts.unknowns.languages.of(`\uDC00a${"\uDC01".repeat(200)}a`);
    let state = pattern;
    expect(() => {
      for (let step = 0; ; step += 1) {
        state = parts.unknowns.languages.after(state, step % 3 === 0 ? "a" : `${step}`.slice(-1));
        most = cache.bytes - before;
      }
    }).toThrow(OverBudget);
    expect(most).toBeLessThan(6_000_000);
  });

  it("leaves the next one as it would be without it", () => {
    const both = proofs();
    both.prepare({ policies: policiesOfB.stated, catalogue: CATALOGUE, never: NEVER });
    expect(both.answer(hostile("one"))).toEqual({ verdict: "unknown", why: "budget" });
    expect(both.answer(asked(under({ Bool: { "aws:SecureTransport": "true" } })))).toEqual({ verdict: "proven" });
  });
});

/** Answer of which only the sessions are read. */
const DENIED = { answer: "denied", code: "policy_denied", sentence: "", denials: [] } as const;

describe("the sessions of one vend", () => {
  const sessions = ["one", "two", "three", "four", "five"].map(hostile);
  /** Counts reads of the clock: a proof reads it every 1,024 units. */
  const looksAt = (prove: (nowMs: () => number) => void): number => {
    let looks = 0;
    prove(() => {
      looks += 1;
      return 0;
    });
    return looks;
  };
  const ofOne = looksAt((nowMs) => new CachingProofs(nowMs).answer(hostile("one")));
  const characters = sessions.flatMap(({ text, above }) => [text, ...above.flat()]).join("").length;
  const most = ofOne + Math.ceil((FURTHER.character * characters) / 1_024) + sessions.length;

  it("share one budget: five hostile ones take no more work than one, but for the characters of their texts", () => {
    const ofFive = looksAt((nowMs) => {
      const vend = new CachingProofs(nowMs).ofVend();
      for (const session of sessions) expect(vend.answer(session)).toEqual({ verdict: "unknown", why: "budget" });
    });
    expect(ofFive).toBeLessThanOrEqual(most);
  });

  it("share one budget for the agent and its person: a text allows its work once", () => {
    const ofTen = looksAt((nowMs) => {
      const vend = new CachingProofs(nowMs).ofVend();
      for (const session of [...sessions, ...sessions]) vend.answer(session);
    });
    expect(ofTen).toBeLessThanOrEqual(most + sessions.length);
  });

  it("share one budget in `valetkey policy check` too", () => {
    const decided = sessions.map((question, nth) => ({ lease: `aws-${nth}`, question, promised: [] }));
    const verdicts: string[] = [];
    const ofFive = looksAt((nowMs) => {
      const proven = proveSessions({ answer: DENIED, sessions: decided }, { nowMs, untilMs: 2_000 });
      verdicts.push(...proven.map(({ proof }) => proof.verdict));
    });
    expect(verdicts).toEqual(sessions.map(() => "unknown"));
    expect(ofFive).toBeLessThanOrEqual(most);
  });

  it("take a budget of their own in the next vend", () => {
    const both = proofs();
    for (const session of sessions) both.ofVend().answer(session);
    expect(both.ofVend().answer(asked(under({ Bool: { "aws:SecureTransport": "true" } })))).toEqual({
      verdict: "proven",
    });
  });
});

describe("the cache of proofs", () => {
  it("is dropped where many agents' names fill it", () => {
    const cache = new PartsCache(60_000);
    let most = 0;
    for (let count = 0; count < 60; count += 1) {
      const read = readQuestion(asked(under({ StringLike: { "aws:UserAgent": `${"x".repeat(400)}${count}*` } })));
      expect(proveRead(read, new Budget(() => 0), cache)).toEqual({ verdict: "proven" });
      most = Math.max(most, cache.bytes);
    }
    expect(most).toBeGreaterThan(60_000);
    expect(most).toBeLessThan(90_000);
    expect(MOST_BYTES).toBeLessThanOrEqual(32_000_000);
  });
});

describe("usual intents", () => {
  it("of 1 to 15 sets with endings of 60 characters are proven, under permits of endings and forbids of words", () => {
    const policies = policiesOf([
      ...["csv", "json", "parquet", "txt", "xml"].map((ending) => permit(`arn:aws:s3:::acme/*.${ending}`)),
      ...["secret", "private", "payroll", "internal"].map((word) => forbid(`*${word}*`)),
    ]);
    const cold = new CachingProofs(() => 0);
    for (const count of [15, 10, 1]) {
      const resources = Array.from(
        { length: count },
        (_, index) =>
          `arn:aws:s3:::acme/*/${`${index}-quarterly-reports-of-the-european-subsidiaries-2026-final`.slice(0, 60)}.csv`,
      );
      const json = JSON.stringify([{ type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources }]);
      expect(cold.answer(asked(json, policies))).toEqual({ verdict: "proven" });
    }
  });

  it("of names of 60 to 120 characters are proven: 300 of 20,000 that `npm run bench -- --only unknown` proves", () => {
    const known = proofs();
    let proven = 0;
    for (const seed of [20261127, 20261227, 20261327]) {
      const intents = namedIntents(seed, 100);
      const policies = policiesOf(intents[0]?.policies ?? []);
      for (const { json } of intents) {
        const question = questionOf(json, policies, "report");
        if (question === undefined || question.text.length > SESSION_POLICY_CHARACTERS) continue;
        expect([known.answer(question), json]).toEqual([{ verdict: "proven" }, json]);
        proven += 1;
      }
    }
    expect(proven).toBeGreaterThan(150);
  });
});
