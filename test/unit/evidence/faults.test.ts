import { describe, expect, it } from "vitest";
import type { Control } from "../../../client/audit/controls/control.ts";
import { faultsOf, resultFaults } from "../../evidence/faults.ts";
import { attackHash, contentHash, dueAttacks, unseen } from "../../evidence/sensitivity.ts";
import { readResults } from "../../evidence/test-results.ts";
import { ATTACK, FILES, MET, UNMET, withControl } from "./controls.ts";

const faults = (controls: readonly Control[], files = FILES) => faultsOf(controls, (path) => files[path]);
const report = (status: string, title = "stays shut") =>
  readResults(
    JSON.stringify({
      testResults: [
        { name: "/repo/test/a.test.ts", assertionResults: [{ ancestorTitles: ["a door"], title, status }] },
      ],
    }),
    "/repo/",
  );

describe("the controls", () => {
  it("have no fault where each has its fields", () => {
    expect(faults(UNMET)).toEqual([]);
    expect(faults(withControl("NHI4", MET))).toEqual([]);
  });

  it.each<[string, Partial<Control>, string]>([
    ["unmet without saying why", { limits: "" }, `"limits" does not say what is missing`],
    ["met with something missing", { ...MET, limits: "Some." }, `"limits" names what is missing`],
    ["met without an attack", { ...MET, attacks: [] }, "nothing attacks it"],
    ["met through another alone", { ...MET, attacks: [], through: ["NHI5"] }, "without an attack of its own"],
    ["met without a mechanism", { ...MET, mechanism: [] }, "without a mechanism"],
    ["held by one that is not met", { ...MET, through: ["NHI5"] }, "through NHI5, which is not"],
    ["an attack without a switch", { ...MET, attacks: [{ test: ATTACK.test } as never] }, "Nothing says how"],
    [
      "an attack without a switch on a claim that is met in part",
      { attacks: [{ test: ATTACK.test } as never] },
      "Nothing says how",
    ],
    [
      "a mechanism that no attack switches off",
      { ...MET, mechanism: ["door.ts#isShut", "test/a.test.ts#x"] },
      "No attack switches test/a.test.ts off",
    ],
    ["a file that does not exist", { ...MET, mechanism: ["gate.ts#isShut"] }, "gate.ts does not exist"],
    ["a symbol that does not exist", { ...MET, mechanism: ["door.ts#isOpen"] }, "door.ts declares no isOpen"],
    ["a place without a symbol", { ...MET, mechanism: ["door.ts"] }, "door.ts declares no symbol"],
    [
      "a test's file that does not exist",
      { ...MET, attacks: [{ ...ATTACK, test: "test/b.test.ts > x" }] },
      "test/b.test.ts does not exist",
    ],
    [
      "a test that was renamed",
      { ...MET, attacks: [{ ...ATTACK, test: "test/a.test.ts > a door > is shut" }] },
      'test/a.test.ts has no test "a door > is shut"',
    ],
  ])("are refused with %s", (_, changed, sentence) => {
    expect(faults(withControl("NHI4", changed)).join("\n")).toContain(`NHI4: `);
    expect(faults(withControl("NHI4", changed)).join("\n")).toContain(sentence);
  });

  it.each<[string, object, string]>([
    ["is not in the file", { find: "return open;" }, "0 times"],
    ["is in the file twice", { find: "o" }, "and a switch needs it once"],
    ["changes nothing", { put: "return locked;" }, "changes nothing"],
    ["is about another file", { file: "test/a.test.ts", find: "x" }, "is switched off and is no mechanism"],
  ])("are refused with a switch that %s", (_, changed, sentence) => {
    const attacks = [{ ...ATTACK, without: { ...ATTACK.without, ...changed } as never }];
    expect(faults(withControl("NHI4", { ...MET, attacks })).join("\n")).toContain(sentence);
  });

  it("of NIST and MAESTRO are met through others", () => {
    const both = withControl("NHI4", MET).map((each) =>
      each.id === "PR.AA" ? { ...each, verdict: "met" as const, through: ["NHI4"] as const, limits: "" } : each,
    );
    expect(faults(both)).toEqual([]);
  });
});

describe("a run", () => {
  const controls = withControl("NHI4", MET);

  it("in which every attack passed has no fault", () => {
    expect(resultFaults(controls, report("passed"))).toEqual([]);
    expect(resultFaults(controls, report("passed", "stays shut, also at night"))).toEqual([]);
  });

  it.each(["failed", "skipped", "todo"])("with an attack that is %s has one", (status) => {
    expect(resultFaults(controls, report(status))).toEqual([`NHI4: "a door > stays shut" is ${status}.`]);
  });

  it("without the attack has one", () => {
    expect(resultFaults(controls, report("passed", "opens"))).toEqual([
      `NHI4: no test of the run is "${ATTACK.test}".`,
    ]);
  });
});

describe("an attack that was seen red", () => {
  const read = (files: typeof FILES) => (path: string) => files[path];
  const hashes = { attack: attackHash(ATTACK), sha256: contentHash(ATTACK, read(FILES)) };
  const seen = [{ id: "NHI4", test: ATTACK.test, ...hashes, on: "2026-11-27" }];
  const controls = withControl("NHI4", MET);

  it("is known by its switch", () => {
    expect(unseen(controls, seen)).toEqual([]);
    expect(unseen(controls, [])).toEqual([expect.stringContaining("nobody has seen")]);
  });

  it("is not seen any more once its switch has changed, or it is gone", () => {
    const other = { ...ATTACK, without: { ...ATTACK.without, put: "return 0;" } };
    expect(unseen(withControl("NHI4", { ...MET, attacks: [other] }), seen)).toHaveLength(2);
    expect(unseen(UNMET, seen)).toEqual([expect.stringContaining("has changed since")]);
  });

  it.each(["test/a.test.ts", "door.ts"])("is due once %s has changed, and not before", (file) => {
    expect(dueAttacks(controls, seen, read(FILES))).toEqual([]);
    const changed = { ...FILES, [file]: `${FILES[file]}// changed\n` };
    expect(dueAttacks(controls, seen, read(changed))).toEqual([{ id: "NHI4", attack: ATTACK }]);
  });
});
