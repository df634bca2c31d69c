import { isSame, nameOf } from "./cedar-operators.ts";
import type { Value } from "./cedar-value.ts";
import { openEqual, textIn, type World } from "./cedar-world.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import { literal } from "./language.ts";
import type { Unknowns } from "./unknowns.ts";

/** Equality of values, as a formula. A text that is open until the call is equal to another for some calls only. */
export class Equality {
  readonly #heads: World["heads"];
  readonly #unknowns: Unknowns;

  /** @param heads of the ARNs in the session policy's text: candidates for the parts of a resource. */
  constructor(heads: World["heads"], unknowns: Unknowns) {
    this.#heads = heads;
    this.#unknowns = unknowns;
  }

  /** Formula of the calls for which the set contains all, or one, of the others. */
  contains(members: readonly Value[], others: readonly Value[], all: boolean): Formula {
    const { diagram } = this.#unknowns;
    const found = others.map((other) => this.isMember(other, members));
    return all ? diagram.and(...found) : diagram.or(...found);
  }

  /** Formula of the calls for which one of the members is equal to the value. */
  isMember(value: Value, members: readonly Value[]): Formula {
    return this.#unknowns.diagram.or(...members.map((member) => this.of(value, member)));
  }

  /** Formula of the calls for which the two values are equal. */
  of(one: Value, two: Value): Formula {
    const { diagram } = this.#unknowns;
    const [first, second] = two.is === "open" ? [two, one] : [one, two];
    if (first.is === "open") {
      if (second.is === "open") return openEqual(first.text, second.text, this.#heads, this.#unknowns);
      return second.is === "string" ? textIn(first.text, literal(second.value), this.#unknowns) : FALSE;
    }
    if (first.is === "set" && second.is === "set") {
      const within = (inner: readonly Value[], outer: readonly Value[]) =>
        inner.map((each) => this.isMember(each, outer));
      return diagram.and(...within(first.members, second.members), ...within(second.members, first.members));
    }
    if (first.is === "record" && second.is === "record") {
      if (first.fields.size !== second.fields.size) return FALSE;
      const each = [...first.fields].map(([name, value]) => {
        const other = second.fields.get(name);
        return other === undefined ? FALSE : this.of(value, other);
      });
      return diagram.and(...each);
    }
    // The tags as a whole are unknown, so two comparisons of them may have different results.
    if (first.is === "tags" || second.is === "tags") return this.#unknowns.unclear(nameOf(first) + nameOf(second));
    return isSame(first, second) ? TRUE : FALSE;
  }
}
