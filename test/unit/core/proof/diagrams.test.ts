import { describe, expect, it } from "vitest";
import { Budget, OverBudget, UNCOUNTED } from "../../../../functions/core/proof/budget.ts";
import { Diagram, FALSE, type Formula, TRUE, type Variable } from "../../../../functions/core/proof/diagram.ts";

const unbounded = () => UNCOUNTED;
const VARIABLES: readonly Variable[] = [0, 1, 2];
/** Values of the variables, case by case. */
const CASES = Array.from({ length: 8 }, (_, index) => VARIABLES.map((variable) => ((index >> variable) & 1) === 1));
/** Every function of three variables, as the cases in which it is true. */
const TABLES = Array.from({ length: 256 }, (_, bits) => CASES.map((_, index) => ((bits >> index) & 1) === 1));

/** The formula of a table, case by case. */
const formulaOf = (diagram: Diagram, table: readonly boolean[]): Formula =>
  diagram.or(
    ...CASES.filter((_, index) => table[index]).map((values) =>
      diagram.and(
        ...VARIABLES.map((variable) =>
          values[variable] ? diagram.variable(variable) : diagram.not(diagram.variable(variable)),
        ),
      ),
    ),
  );
const tableOf = (diagram: Diagram, formula: Formula) =>
  CASES.map((values) => diagram.holds(formula, (variable) => values[variable] === true));
const some = (step: number) => TABLES.filter((_, index) => index % step === 0);

describe("a decision diagram", () => {
  it("has one formula for one function, and another for another", () => {
    const diagram = new Diagram(unbounded());
    const formulas = TABLES.map((table) => formulaOf(diagram, table));
    expect(formulas.map((formula) => tableOf(diagram, formula))).toEqual(TABLES);
    expect(new Set(formulas).size).toBe(TABLES.length);
    expect(TABLES.toReversed().map((table) => formulaOf(diagram, table))).toEqual(formulas.toReversed());
    expect([formulas[0], formulas.at(-1)]).toEqual([FALSE, TRUE]);
  });

  it("chooses, joins and negates case by case", () => {
    const diagram = new Diagram(unbounded());
    for (const one of some(5)) {
      const first = formulaOf(diagram, one);
      expect(tableOf(diagram, diagram.not(first))).toEqual(one.map((value) => !value));
      for (const two of some(17)) {
        const second = formulaOf(diagram, two);
        const third = diagram.variable(1);
        const made = [diagram.and(first, second), diagram.or(first, second), diagram.choose(first, second, third)];
        const meant = [
          one.map((value, index) => value && two[index]),
          one.map((value, index) => value || two[index]),
          one.map((value, index) => (value ? two[index] : CASES[index]?.[1])),
        ];
        expect(made.map((formula) => tableOf(diagram, formula))).toEqual(meant);
      }
    }
    expect([diagram.and(), diagram.or()]).toEqual([TRUE, FALSE]);
  });

  it("depends on the variables that make a difference", () => {
    const diagram = new Diagram(unbounded());
    for (const table of TABLES) {
      const meant = VARIABLES.filter((variable) =>
        CASES.some((_, index) => table[index] !== table[index ^ (1 << variable)]),
      );
      const formula = formulaOf(diagram, table);
      expect(diagram.support(formula).toSorted()).toEqual(meant);
      expect(diagram.support(formula)).toBe(diagram.support(formula));
    }
  });

  it("has other formulas in the place of variables, and looks at no more of them than it has to", () => {
    const diagram = new Diagram(unbounded());
    const by = [diagram.or(diagram.variable(1), diagram.variable(2)), TRUE, diagram.not(diagram.variable(0))];
    const valuesOf = (values: readonly boolean[]) => by.map((f) => diagram.holds(f, (v) => values[v] === true));
    for (const table of TABLES) {
      const formula = formulaOf(diagram, table);
      const replaced = diagram.replace(formula, (variable) => by[variable] as Formula);
      const meant = CASES.map((values) => diagram.holds(formula, (variable) => valuesOf(values)[variable] === true));
      expect(tableOf(diagram, replaced)).toEqual(meant);
    }
    const visited: Variable[] = [];
    const everywhere = (value: Formula) => (variable: Variable) => {
      visited.push(variable);
      return value;
    };
    const [one, two] = [diagram.variable(0), diagram.variable(1)];
    expect(diagram.replace(diagram.and(one, two), everywhere(FALSE))).toBe(FALSE);
    expect(diagram.replace(diagram.or(one, two), everywhere(TRUE))).toBe(TRUE);
    expect(visited).toEqual([0, 0]);
  });

  it("replaces each part once, and again what was replaced under another name", () => {
    const diagram = new Diagram(unbounded());
    const made = new Map<Formula, Formula>();
    const both = diagram.and(diagram.variable(0), diagram.variable(1));
    const first = diagram.replace(both, (variable) => diagram.variable(variable + 1), made);
    expect(first).toBe(diagram.and(diagram.variable(1), diagram.variable(2)));
    expect(
      diagram.replace(
        both,
        () => {
          throw new RangeError("it is known");
        },
        made,
      ),
    ).toBe(first);
    expect(diagram.replace(both, () => TRUE)).toBe(TRUE);
  });

  it("counts its nodes and its choices on the budget, each once, and their memory", () => {
    let work = 0;
    const diagram = new Diagram({ ...UNCOUNTED, node: () => (work += 1) });
    const [one, two] = [diagram.variable(0), diagram.variable(1)];
    expect(work).toBe(2);
    const { bytes } = diagram;
    const both = diagram.and(one, two);
    const grown = diagram.bytes - bytes;
    expect([work, grown > 0]).toEqual([4, true]);
    expect(diagram.and(two, one)).toBe(both);
    expect([diagram.variable(0), diagram.and(one, TRUE), diagram.and(FALSE, one)]).toEqual([one, one, FALSE]);
    expect([diagram.choose(one, TRUE, FALSE), diagram.choose(one, two, two)]).toEqual([one, two]);
    expect([work, diagram.bytes]).toEqual([4, bytes + grown]);
    expect(diagram.or(one, two)).toBe(diagram.or(two, one));
    expect(diagram.bytes).toBe(bytes + 2 * grown);
    expect(diagram.support(both)).toHaveLength(2);
    const supported = diagram.bytes;
    expect([supported > bytes + 2 * grown, diagram.support(both), diagram.bytes]).toEqual([true, [0, 1], supported]);
    const tight = new Diagram(new Budget(() => 0, { work: 2, milliseconds: 1 }));
    tight.variable(0);
    tight.variable(1);
    expect(() => tight.variable(2)).toThrow(OverBudget);
  });

  it("counts each node that it replaces, and each whose variables it lists", () => {
    let work = 0;
    const diagram = new Diagram({ ...UNCOUNTED, node: () => (work += 1) });
    const both = diagram.and(diagram.variable(0), diagram.variable(1));
    const before = work;
    diagram.replace(both, () => TRUE);
    expect(work - before).toBe(2);
    diagram.support(both);
    expect(work - before).toBe(4);
    diagram.support(both);
    expect(work - before).toBe(4);
  });
});
