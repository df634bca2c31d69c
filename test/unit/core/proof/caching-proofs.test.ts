import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../../functions/core/proof/budget.ts";
import { ordinaryQuestion } from "../../../../functions/core/proof/ordinary-question.ts";
import { CachingProofs } from "../../../../functions/core/proof/proofs.ts";
import { emptyCache, prove } from "../../../../functions/core/proof/prove.ts";
import type { Question } from "../../../../functions/core/proof/question.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { ASKER, AT, allow, FENCE, PERMIT, QUESTION, statedOf, textOf, when } from "./ask.ts";

const POLICIES = [statedOf(PERMIT), statedOf(when("forbid", 'resource.arn like "*pii*"'), 1)];
const ask = (text: string, changed: Partial<Question> = {}): Question => ({
  ...QUESTION,
  text,
  policies: POLICIES,
  ...changed,
});
const OPEN = allow("s3:GetObject", "arn:aws:s3:::acme/x");
const PII = textOf(allow("s3:GetObject", "arn:aws:s3:::acme/pii"));

/** Proofs, and a count of the reads of their clock: one for each question, and more for a proof that is made. */
function counted(most?: number) {
  let looks = 0;
  const proofs = new CachingProofs(() => {
    looks += 1;
    return 0;
  }, most);
  return {
    proofs,
    looks: (question: Question) => {
      const before = looks;
      return { ...proofs.answer(question), isMade: looks > before + 1 };
    },
  };
}

describe("the budget of a proof", () => {
  it("begins before the question is read", () => {
    let ms = 0;
    const question = Object.defineProperty(ask(""), "text", {
      get: () => {
        ms += LIMITS.milliseconds + 1;
        return textOf(OPEN);
      },
    });
    expect(new CachingProofs(() => ms).answer(question)).toEqual({ verdict: "unknown", why: "budget" });
    expect(prove(question, () => ms)).toEqual({ verdict: "unknown", why: "budget" });
  });

  it("is looked at while objections are gone through of which all is known already", () => {
    const forbids = Array.from({ length: 400 }, (_, index) => `resource.arn == "arn:aws:s3:::acme/${index}"`);
    const policies = [statedOf(PERMIT), ...forbids.map((each, index) => statedOf(when("forbid", each), index + 1))];
    const question = ask(textOf(allow("s3:GetObject", "arn:aws:s3:::other/*")), { policies });
    const cache = emptyCache();
    expect(prove(question, () => 0, cache)).toEqual({ verdict: "proven" });
    // The first looks are those of the budget itself and of the first situation.
    let looks = 0;
    const clock = () => {
      looks += 1;
      return looks > 2 ? LIMITS.milliseconds + 1 : 0;
    };
    expect(prove(question, clock, cache)).toEqual({ verdict: "unknown", why: "budget" });
  });
});

describe("a text that was proven once", () => {
  it("is not proven again for the same text under another fence of the same hour", () => {
    const { looks } = counted();
    expect(looks(ask(textOf(OPEN)))).toMatchObject({ verdict: "proven", isMade: true });
    const earlier = textOf(OPEN).replace("13:00:00", "12:58:00");
    expect(looks(ask(earlier, { fenceAt: FENCE - 120 }))).toMatchObject({ verdict: "proven", isMade: false });
  });

  it("is proven again for another text, question, hour, place of the fence, bundle, or list of what no task may do", () => {
    const { looks } = counted();
    looks(ask(textOf(OPEN)));
    const other = [
      ask(textOf(OPEN, allow("s3:PutObject", "*"))),
      ask(textOf(OPEN), { account: "444455556666" }),
      ask(textOf(OPEN), { asker: { ...ASKER, atMs: (AT - 3_600) * 1_000, openedAt: AT - 3_600 } }),
      ask(textOf(OPEN), { fenceAt: FENCE - 1 }),
      ask(textOf(OPEN), { above: [[textOf(OPEN)]] }),
      ask(textOf(OPEN), { policies: [...POLICIES] }),
      ask(textOf(OPEN), { never: ["iam:*"] }),
    ];
    for (const question of other) expect(looks(question).isMade).toBe(true);
    // Each of these alone is another question than the one before it.
    looks(ask(textOf(OPEN)));
    expect(looks(ask(textOf(OPEN), { never: ["iam:*"] })).isMade).toBe(true);
    looks(ask(textOf(OPEN)));
    const prefixes = catalogue.prefixes.slice(1);
    const fewer = { prefixes, service: (prefix: string) => catalogue.service(prefix) };
    expect(looks(ask(textOf(OPEN), { catalogue: fewer })).isMade).toBe(true);
    const above = [textOf(OPEN), textOf(OPEN)];
    looks(ask(textOf(OPEN), { above: [above] }));
    expect(looks(ask(textOf(OPEN), { above: above.map((text) => [text]) })).isMade).toBe(true);
    const [one, two] = [textOf(OPEN), textOf(allow("s3:*Object", "arn:aws:s3:::acme/x"))];
    looks(ask(textOf(OPEN), { above: [[one, two], [one]] }));
    expect(looks(ask(textOf(OPEN), { above: [[one], [two, one]] })).isMade).toBe(true);
  });

  it("is not proven again for another requester, unless a policy can distinguish them", () => {
    const others = [{ purpose: "x" }, { agent: { ...ASKER.agent, id: "other" } }, { claims: { ref: "main" } }];
    const isMadeUnder = (permit: string) => {
      const policies = [statedOf(permit)];
      const { looks } = counted();
      looks(ask(textOf(OPEN), { policies }));
      return others.map((each) => looks(ask(textOf(OPEN), { policies, asker: { ...ASKER, ...each } })).isMade);
    };
    expect(isMadeUnder(PERMIT)).toEqual([false, false, false]);
    expect(isMadeUnder(when("permit", 'context.purpose != "none"'))).toEqual([true, false, false]);
    expect(isMadeUnder(when("permit", 'principal.owner == "ada"'))).toEqual([false, true, true]);
  });

  it("is forgotten as a whole where there is too much of it", () => {
    const { looks } = counted(2);
    const isMade = (name: string) => looks(ask(textOf(allow("s3:GetObject", `arn:aws:s3:::acme/${name}`)))).isMade;
    expect(["a", "a", "b", "b", "a", "b"].map(isMade)).toEqual([true, false, true, true, true, true]);
  });

  it("is no proof for a condition above that names another time that has passed", () => {
    const passed = (year: number) => ({
      "ForAllValues:DateLessThan": { "aws:CurrentTime": `${year}-01-01T00:00:00Z` },
    });
    const { proofs } = counted();
    const under = (year: number) =>
      proofs.answer(
        ask(textOf({ ...OPEN, Condition: passed(2020) }), { above: [[textOf({ ...OPEN, Condition: passed(year) })]] }),
      );
    expect(under(2020)).toEqual({ verdict: "proven" });
    expect(under(2021)).toMatchObject({ verdict: "counterexample", call: { objection: "beyond the task above" } });
  });

  it.each([
    ["a moment that is later, and comes first by its letters", "12:50:00.500Z", "12:50:00Z"],
    ["one moment, written in two ways", "12:50:00Z", "12:50:00.000Z"],
    ["moments that differ by less than is read", "12:50:00.0000002Z", "12:50:00.0000001Z"],
  ])("is no proof for times in another order: %s", (_, after, before) => {
    const during = (from: string, to: string) => {
      const [day] = new Date(AT * 1_000).toISOString().split("T");
      const time = (text: string) => ({ "aws:CurrentTime": `${day}T${text}` });
      const Condition = { DateGreaterThan: time(from), DateLessThan: time(to) };
      return ask(textOf({ ...allow("s3:GetObject", "arn:aws:s3:::acme/pii"), Condition }));
    };
    const { proofs } = counted();
    // A text that allows nothing, since no moment lies between the two.
    proofs.answer(during(after, before));
    expect(proofs.answer(during("12:50:01Z", "12:50:09Z"))).toMatchObject({ verdict: "counterexample" });
  });

  it("is no proof for another resource, though the two differ in a time only", () => {
    const policies = [statedOf(PERMIT), statedOf(when("forbid", 'resource.arn like "*/2026-11-24T12:50:05Z"'), 1)];
    const on = (time: string) => ask(textOf(allow("s3:GetObject", `arn:aws:s3:::acme/${time}`)), { policies });
    const { proofs } = counted();
    expect(proofs.answer(on("2026-11-24T12:50:04Z"))).toEqual({ verdict: "proven" });
    expect(proofs.answer(on("2026-11-24T12:50:05Z"))).toMatchObject({ verdict: "counterexample" });
  });

  it("is nothing of what was proven beforehand, which changes no answer", () => {
    const proofs = new CachingProofs(() => 0);
    proofs.prepare({ policies: POLICIES, catalogue, never: ["iam:*"] });
    expect(proofs.answer(ask(textOf(OPEN)))).toEqual({ verdict: "proven" });
    expect(proofs.answer(ask(PII))).toMatchObject({ verdict: "counterexample" });
  });

  it("is prepared by five sessions, each proven to its end", () => {
    let lookups = 0;
    const counting = {
      prefixes: catalogue.prefixes,
      service: (prefix: string) => {
        lookups += 1;
        return catalogue.service(prefix);
      },
    };
    const given = { policies: [statedOf(PERMIT)], catalogue: counting, never: [] };
    expect(prove(ordinaryQuestion("one", given), () => 0)).toEqual({ verdict: "proven" });
    const ofOne = lookups;
    new CachingProofs(() => 0).prepare(given);
    expect(lookups).toBe(6 * ofOne);
  });

  it("is nothing of what was proven beforehand, which may meet a policy that nobody can read", () => {
    const odd = { ...statedOf(PERMIT), json: {} };
    expect(() => new CachingProofs(() => 0).prepare({ policies: [odd], catalogue, never: [] })).not.toThrow();
  });

  it("is nothing but that: a counterexample is found again, and what cannot be read stays unknown", () => {
    const { looks } = counted();
    for (let time = 0; time < 2; time += 1) {
      expect(looks(ask(PII))).toMatchObject({ verdict: "counterexample", isMade: true });
      expect(looks(ask("{"))).toMatchObject({ verdict: "unknown", why: "text" });
    }
  });
});
