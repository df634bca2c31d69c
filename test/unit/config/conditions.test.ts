import { describe, expect, it } from "vitest";
import { deploymentOf } from "../../../infra/config/read-config.ts";
import { read } from "./sample-config.ts";

const FREEZE = { name: "change-freeze", kind: "restricts", scopes: ["hub", "account"], longest: "3d" };

describe("conditions of the world in valetkey.json", () => {
  it("reach the functions with their longest time in seconds", () => {
    const incident = { name: "incident", kind: "permits", scopes: ["team", "agent"], longest: "90m" };
    expect(deploymentOf(read({ conditions: [FREEZE, incident] })).conditions).toEqual([
      { name: "change-freeze", kind: "restricts", scopes: ["hub", "account"], longestSeconds: 259_200 },
      { name: "incident", kind: "permits", scopes: ["team", "agent"], longestSeconds: 5_400 },
    ]);
    expect(deploymentOf(read({}))).not.toHaveProperty("conditions");
  });

  const BUS = { publishers: ["222233334444"], scopes: ["account"], endsAnHour: 200 };

  it("reach the functions with the events on the bus that may set them", () => {
    expect(deploymentOf(read({ conditions: [{ ...FREEZE, bus: BUS }] })).conditions).toMatchObject([{ bus: BUS }]);
  });

  it.each(["1m", "31d", "744h", "44640m"])("may be set for %s at most", (longest) => {
    expect(() => read({ conditions: [{ ...FREEZE, longest }] })).not.toThrow();
  });

  it("are 32 at most", () => {
    const of = (length: number) => Array.from({ length }, (_, index) => ({ ...FREEZE, name: `freeze-${index}` }));
    expect(() => read({ conditions: of(32) })).not.toThrow();
    expect(() => read({ conditions: of(33) })).toThrow("conditions");
  });

  const refused: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
    ["a name with capitals", { name: "Freeze" }, /conditions\.0\.name.*1 to 32 of a-z, 0-9 and -/],
    ["a name that begins with a digit", { name: "1st" }, /conditions\.0\.name/],
    ["a name of 33 characters", { name: "a".repeat(33) }, /conditions\.0\.name/],
    ["a name with a line break at its end", { name: "freeze\n" }, /conditions\.0\.name/],
    ["no kind", { kind: undefined }, /conditions\.0/],
    ["another kind", { kind: "allows" }, /conditions\.0\.kind/],
    ["no scope", { scopes: [] }, /conditions\.0\.scopes/],
    ["another scope", { scopes: ["region"] }, /conditions\.0\.scopes/],
    ["a scope twice", { scopes: ["hub", "hub"] }, /"change-freeze" lists a scope twice/],
    ["no time", { longest: undefined }, /conditions\.0/],
    ["a time of no length", { longest: "0d" }, /conditions\.0\.longest.*from "1m" to "31d"/],
    ["a time in seconds", { longest: "90s" }, /conditions\.0\.longest/],
    ["a time of more than 31 days", { longest: "32d" }, /"change-freeze" has a longest time of more than 31d/],
    ["a time of more than 31 days in minutes", { longest: "44641m" }, /"change-freeze" has a longest time/],
    ["a bus of a condition that permits", { kind: "permits", bus: BUS }, /"change-freeze" permits, so no event/],
    [
      "a bus in a place that the condition has not",
      { bus: { ...BUS, scopes: ["team"] } },
      /"change-freeze" has a bus with the scope team, in which it may not be set/,
    ],
    ["a bus of nobody", { bus: { ...BUS, publishers: [] } }, /conditions\.0\.bus\.publishers/],
    [
      "a role as a publisher, since an event names its account alone",
      { bus: { ...BUS, publishers: ["arn:aws:iam::222233334444:role/pager"] } },
      /conditions\.0\.bus\.publishers\.0.*an account id of 12 digits/,
    ],
    ["a bus without a bound", { bus: { ...BUS, endsAnHour: undefined } }, /conditions\.0\.bus/],
    ["a bus that may end nothing", { bus: { ...BUS, endsAnHour: 0 } }, /conditions\.0\.bus\.endsAnHour/],
    ["another field", { until: "2026-12-01T00:00:00Z" }, /conditions\.0/],
  ];
  it.each(refused)("refuse %s", (_, changes, message) => {
    expect(() => read({ conditions: [{ ...FREEZE, ...changes }] })).toThrow(message);
  });

  it("refuse two of one name, and an empty list", () => {
    expect(() => read({ conditions: [FREEZE, { ...FREEZE, kind: "permits" }] })).toThrow(
      'conditions: two are named "change-freeze"',
    );
    expect(() => read({ conditions: [] })).toThrow("conditions");
  });

  const WATCHED = { name: "watched", kind: "restricts", scopes: ["team", "agent"], longest: "7d" };
  const said = 'conditions has none "watched" that restricts and has the scope agent';

  it.each(["E2", "E4", "E6"])("may be set by the rule of escalation %s, where they restrict an agent", (rule) => {
    const escalation = { [rule]: "set:watched" };
    expect(deploymentOf(read({ conditions: [WATCHED], escalation })).escalation).toEqual(escalation);
    expect(() => read({ conditions: [FREEZE], escalation })).toThrow(`escalation.${rule}: ${said}`);
    expect(() => read({ escalation })).toThrow(said);
    expect(() => read({ conditions: [{ ...WATCHED, kind: "permits" }], escalation })).toThrow(said);
    expect(() => read({ conditions: [{ ...WATCHED, scopes: ["hub"] }], escalation })).toThrow(said);
  });

  it.each(["E1", "E3", "E7", "E8"])("are set by no rule that ends no task: %s", (rule) => {
    expect(() => read({ conditions: [WATCHED], escalation: { [rule]: "set:watched" } })).toThrow(`escalation.${rule}`);
  });

  it.each(["set:", "set:Watched", "set:watched ", "set: watched", "watched", "set:watched\n"])(
    "are no response in another form: %j",
    (E4) => {
      expect(() => read({ conditions: [WATCHED], escalation: { E4 } })).toThrow(
        /escalation\.E4.*alarm, set:NAME, end_task, suspend_agent/,
      );
    },
  );
});
