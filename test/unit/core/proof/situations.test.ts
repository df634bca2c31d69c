import { describe, expect, it } from "vitest";
import { readText } from "../../../../functions/core/proof/iam-text.ts";
import { situationsOf, termsOf } from "../../../../functions/core/proof/situations.ts";
import { ASKER, AT, FENCE, FENCED, statedOf } from "./ask.ts";

const HERE = "the asker's address";
const SERVICE = "an AWS service";
const TEXT = [readText(JSON.stringify({ Version: "2012-10-17", Statement: [FENCED] }))];

describe("the terms of a permit", () => {
  const termsFor = (annotations: string, approved?: { group: string; count: number }[]) =>
    termsOf(statedOf(`${annotations} permit (principal, action, resource);`), { asker: { ...ASKER, approved } });

  it.each([
    ["", AT + 3_600],
    ['@maxTtl("90s")', AT + 90],
    ['@maxTtl("5m")', AT + 300],
    ['@maxTtl("1h")', AT + 3_600],
    ['@maxTtl("2h")', AT + 3_600],
  ])("%s end by the earlier of its own and the request's", (annotation, endsAt) => {
    expect(termsFor(annotation)).toMatchObject({ endsAt, isNone: false, isBound: false, outlives: false });
  });

  it.each(['@maxTtl("soon")', '@maxTtl("05m")', '@maxTtl("5m ")', '@maxTtl("0s")'])(
    "of %s permit nothing",
    (annotation) => {
      expect(termsFor(annotation).isNone).toBe(true);
    },
  );

  it("bind to an address, and let effects outlive the task, where they have that term", () => {
    expect(termsFor('@bindIp("yes") @outlives("why")')).toMatchObject({ isBound: true, outlives: true });
  });

  it.each([
    ['@approval("sre")', undefined, true],
    ['@approval("sre")', [{ group: "sre", count: 1 }], false],
    ['@approval("sre")', [{ group: "ops", count: 1 }], true],
    ['@approval("sre=2")', [{ group: "sre", count: 1 }], true],
    ['@approval("sre=2")', [{ group: "sre", count: 2 }], false],
    ['@approval("sre=2,ops")', [{ group: "sre", count: 2 }], true],
    [
      '@approval("sre=2,ops")',
      [
        { group: "ops", count: 1 },
        { group: "sre", count: 3 },
      ],
      false,
    ],
    ['@approval("sre")', [{ group: "sre", count: 0 }], true],
    ['@approval("!sre")', [{ group: "sre", count: 1 }], true],
    ['@approval("sre=2x")', [{ group: "sre", count: 2 }], true],
    ['@approval("sre=23")', [{ group: "sre", count: 2 }], true],
    ['@approval("SRE")', [{ group: "SRE", count: 1 }], true],
  ])("of %s with the votes %o", (annotation, approved, isNone) => {
    expect(termsFor(annotation, approved).isNone).toBe(isNone);
  });

  const PAT = { issuer: "staff", value: "pat", groups: [], isFirst: false };
  it.each([
    ["without the person's vote", PAT, [{ group: "sre", count: 1 }], true],
    [
      "with it beside others",
      PAT,
      [
        { group: "sre", count: 1 },
        { group: "@person", count: 1 },
      ],
      false,
    ],
    ["with it", PAT, [{ group: "@person", count: 1 }], false],
    ["for nobody, whatever was voted", undefined, [{ group: "@person", count: 1 }], true],
    ["with none", PAT, undefined, true],
    ["with no vote of the person's", PAT, [{ group: "@person", count: 0 }], true],
  ])("of @consent permit nothing %s, or what they permit", (_, person, approved, isNone) => {
    const stated = statedOf("@consent permit (principal, action, resource);");
    expect(termsOf(stated, { asker: { ...ASKER, person, approved } }).isNone).toBe(isNone);
  });
});

describe("the situations of calls", () => {
  const of = (given: Partial<{ atMs: number }> = {}, terms: Parameters<typeof situationsOf>[2] = []) =>
    situationsOf({ asker: { ...ASKER, ...given }, fenceAt: FENCE }, TEXT, terms);
  const momentsOf = (situations: ReturnType<typeof of>) => situations.map(({ atSeconds }) => atSeconds - AT);

  it("are the decision, the fence and after it, where nothing else is distinct", () => {
    expect(momentsOf(of())).toEqual([0, 900, 901]);
    expect(of().every(({ from }) => from === "the asker's address")).toBe(true);
  });

  it("are each full hour before the fence too", () => {
    // The task is decided ten minutes before an hour, and fenced after it.
    expect(momentsOf(of({ atMs: (AT + 300) * 1_000 }))).toEqual([300, 900, 901]);
    const early = situationsOf({ asker: ASKER, fenceAt: FENCE + 600 }, TEXT, []);
    expect(momentsOf(early).includes(900)).toBe(true);
    const long = situationsOf({ asker: ASKER, fenceAt: FENCE + 7_800 }, TEXT, []);
    expect(momentsOf(long)).toEqual(expect.arrayContaining([900, 4_500, 8_100]));
  });

  it("are the end of a permit's terms, within its last second and at it", () => {
    const terms = { endsAt: AT + 300, isBound: false, isNone: false, outlives: false };
    expect(momentsOf(of({}, [terms]))).toEqual([0, 300, 900, 901]);
  });

  it("are from the asker's address and from elsewhere where a permit binds to it", () => {
    const terms = { endsAt: AT + 3_600, isBound: true, isNone: false, outlives: false };
    const found = of({}, [terms]);
    expect(found.map(({ from }) => from)).toEqual([HERE, "elsewhere", HERE, "elsewhere", HERE, "elsewhere"]);
  });

  it("are from elsewhere too where one line of a text binds to an address", () => {
    const bound = { ...FENCED, Condition: { IpAddress: { "aws:SourceIp": "192.0.2.7" } } };
    const texts = [readText(JSON.stringify({ Version: "2012-10-17", Statement: [FENCED, bound] }))];
    const found = situationsOf({ asker: ASKER, fenceAt: FENCE }, texts, []);
    expect(found.map(({ from }) => from)).toEqual([HERE, "elsewhere", HERE, "elsewhere", HERE, "elsewhere"]);
  });

  it("are from a service of AWS too where a text distinguishes its calls", () => {
    const direct = { ...FENCED, Condition: { Bool: { "AWS:ViaAWSService": "false" } } };
    const texts = [readText(JSON.stringify({ Version: "2012-10-17", Statement: [FENCED, direct] }))];
    const found = situationsOf({ asker: ASKER, fenceAt: FENCE }, texts, []);
    expect(found.map(({ from }) => from)).toEqual([HERE, SERVICE, HERE, SERVICE, HERE, SERVICE]);
    expect(new Set(found.map(({ text }) => text)).size).toBe(6);
  });

  it("are as few for a thousand permits with one end as for one", () => {
    const terms = { endsAt: AT + 300, isBound: false, isNone: false, outlives: false };
    const many = of(
      {},
      Array.from({ length: 1_000 }, () => terms),
    );
    expect(many).toEqual(of({}, [terms]));
  });

  it("are the times of the text alone, and not what is no time or under another key", () => {
    const timed = (Condition: object) =>
      readText(JSON.stringify({ Version: "2012-10-17", Statement: { ...FENCED, Condition } }));
    const momentsIn = (condition: object) =>
      momentsOf(situationsOf({ asker: ASKER, fenceAt: FENCE }, [...TEXT, timed(condition)], []));
    expect(momentsIn({ DateLessThan: { "aws:CurrentTime": `${AT + 60}` } })).toEqual([0, 60, 61, 900, 901]);
    expect(momentsIn({ DateLessThan: { "aws:CurrentTime": "soon" } })).toEqual([0, 900, 901]);
    expect(momentsIn({ DateLessThan: { "aws:CurrentTime": "9".repeat(400) } })).toEqual([0, 900, 901]);
    // A second lies between two parts of seconds, or none does.
    const parted = (...parts: number[]) => parts.map((part) => new Date((AT + part) * 1_000).toISOString());
    expect(momentsIn({ DateEquals: { "aws:CurrentTime": parted(60.5, 61.2) } })).toEqual([0, 61, 62, 900, 901]);
    expect(momentsIn({ DateEquals: { "aws:CurrentTime": parted(60.5, 60.7) } })).toEqual([0, 61, 900, 901]);
    expect(momentsIn({ NumericLessThan: { "s3:max-keys": `${AT + 60}` } })).toEqual([0, 900, 901]);
  });

  it("are none before the decision, whose time is in whole seconds", () => {
    expect(momentsOf(of({ atMs: AT * 1_000 + 999 }))[0]).toBe(0);
    expect(momentsOf(of({ atMs: (FENCE + 5) * 1_000 })).every((moment) => moment >= 905)).toBe(true);
  });
});
