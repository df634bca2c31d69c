import { bool, type Cases, type Value } from "./cedar-value.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import type { Unknowns } from "./unknowns.ts";

/** One case, which always holds. */
export const only = (value: Value): Cases => [{ when: TRUE, value }];

/** Calculates with values by case. */
export class ByCase {
  readonly #unknowns: Unknowns;

  constructor(unknowns: Unknowns) {
    this.#unknowns = unknowns;
  }

  /** True where the formula holds, and false elsewhere. */
  truth(formula: Formula): Cases {
    return this.either(formula, bool(true), bool(false));
  }

  /** One value where the formula holds, and another elsewhere. */
  either(when: Formula, yes: Value, no: Value): Cases {
    return this.#merged([
      { when, value: yes },
      { when: this.#unknowns.diagram.not(when), value: no },
    ]);
  }

  /** Maps each case's value to one value. */
  each(cases: Cases, make: (value: Value) => Value): Cases {
    return this.eachCases(cases, (value) => only(make(value)));
  }

  /** Maps each case's value. Failed cases stay failed, unclear ones unclear. */
  eachCases(cases: Cases, make: (value: Value) => Cases): Cases {
    const { diagram } = this.#unknowns;
    return this.#merged(
      cases.flatMap(({ when, value }) =>
        value.is === "error" || value.is === "missing" || value.is === "unclear"
          ? [{ when, value }]
          : make(value).map((each) => ({ when: diagram.and(when, each.when), value: each.value })),
      ),
    );
  }

  #merged(cases: Cases): Cases {
    const { diagram } = this.#unknowns;
    const possible = cases.filter(({ when }) => when !== FALSE);
    const groups = Map.groupBy(possible, ({ value }) => value);
    return [...groups.values()].map((alike) => ({
      when: diagram.or(...alike.map(({ when }) => when)),
      value: (alike[0] as Cases[number]).value,
    }));
  }
}
