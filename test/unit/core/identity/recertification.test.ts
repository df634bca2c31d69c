import { describe, expect, it } from "vitest";
import { DAY_SECONDS, type Dated, dueFor } from "../../../../functions/core/identity/recertification.ts";

const RULES = { everyDays: 90, warnDays: [14, 3] };
const agent = (changed: Partial<Dated> = {}): Dated => ({ status: "active", createdAt: 0, ...changed });
const day = (days: number) => days * DAY_SECONDS;
const warn = (days: number, dueAt = day(90)) => ({ what: "warn", days, dueAt });
const suspend = (reason: string) => ({ what: "suspend", reason });

describe("the check that is due for an agent", () => {
  it.each([
    ["nothing long before", agent(), day(75), undefined],
    ["a warning 14 days before, to the second", agent(), day(76), warn(14)],
    ["nothing a second before that", agent(), day(76) - 1, undefined],
    ["no second one of those", agent({ warnedDays: 14 }), day(80), undefined],
    ["another 3 days before", agent({ warnedDays: 14 }), day(87), warn(3)],
    ["no third one", agent({ warnedDays: 3 }), day(89), undefined],
    ["the last alone where the first was missed", agent(), day(88), warn(3)],
    ["its suspension once it is over", agent({ warnedDays: 3 }), day(90), suspend("unconfirmed")],
    ["nothing once it is confirmed", agent({ confirmedAt: day(89) }), day(91), undefined],
    ["a warning counted from its confirmation", agent({ confirmedAt: day(89) }), day(166), warn(14, day(179))],
    ["its suspension at its end date", agent({ endsAt: day(10) }), day(10), suspend("past_its_end")],
    ["nothing before that", agent({ endsAt: day(10) }), day(10) - 1, undefined],
    ["nothing while it is suspended", agent({ status: "suspended", endsAt: day(10) }), day(100), undefined],
    ["nothing once it is on its way out", agent({ status: "offboarding" }), day(100), undefined],
  ] as const)("is %s", (_, dated, now, due) => {
    expect(dueFor(dated, RULES, now)).toEqual(due);
  });

  it("is its end date alone where no confirmation is required", () => {
    expect(dueFor(agent(), null, day(1_000))).toBeUndefined();
    expect(dueFor(agent({ endsAt: day(10) }), null, day(10))).toEqual(suspend("past_its_end"));
  });

  it("is no warning where there is none, and the suspension all the same", () => {
    const rules = { everyDays: 90, warnDays: [] };
    expect(dueFor(agent(), rules, day(89))).toBeUndefined();
    expect(dueFor(agent(), rules, day(90))).toEqual(suspend("unconfirmed"));
  });
});
