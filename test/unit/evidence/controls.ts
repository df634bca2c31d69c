import type { Attack, Control } from "../../../client/audit/controls/control.ts";
import { type ControlId, FRAMEWORKS } from "../../../client/audit/controls/frameworks.ts";

/** One control of each id, none of them met. */
export const UNMET: readonly Control[] = FRAMEWORKS.flatMap(({ name, ids }) =>
  ids.map((id: ControlId) => ({
    framework: name,
    id,
    title: "",
    verdict: "not_ours" as const,
    claim: "",
    mechanism: [],
    attacks: [],
    limits: "All of it.",
    yours: "",
  })),
);

export const ATTACK: Attack = {
  test: "test/a.test.ts > a door > stays shut",
  without: { file: "door.ts", find: "return locked;", put: "return false;" },
};

/** A control that is met, by a lock that an attack tries. */
export const MET: Pick<Control, "verdict" | "mechanism" | "attacks"> = {
  verdict: "met",
  mechanism: ["door.ts#isShut"],
  attacks: [ATTACK],
};

export const FILES: Readonly<Record<string, string>> = {
  "door.ts": "export function isShut() {\n  return locked;\n}\n",
  "test/a.test.ts": 'describe("a door", () => {\n  it("stays shut", () => {});\n});\n',
};

/** The controls in which one is another. */
export const withControl = (id: string, changed: Partial<Control>): readonly Control[] =>
  UNMET.map((each) => {
    if (each.id !== id) return each;
    const { limits, ...rest } = each;
    return changed.verdict === "met" ? { ...rest, ...changed } : { ...each, ...changed };
  });
