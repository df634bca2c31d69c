import { likeTokens } from "./cedar-tokens.ts";
import { bool, type Cases, FAILS, joinKeyOf, string, UNCLEAR, type Value } from "./cedar-value.ts";
import { type Entity, openEqual, textIn, type World } from "./cedar-world.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import { addressOf, isWithin } from "./ip-address.ts";
import { literal } from "./language.ts";
import type { Unknowns } from "./unknowns.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Evaluates expressions of Cedar's JSON format, case by case, from left to right as Cedar does: what an operator does not look at makes no error.
 * Sources: https://docs.cedarpolicy.com/policies/json-format.html, https://docs.cedarpolicy.com/policies/syntax-operators.html
 */
export class Evaluation {
  readonly #world: World;
  readonly #unknowns: Unknowns;

  constructor(world: World, unknowns: Unknowns) {
    this.#world = world;
    this.#unknowns = unknowns;
  }

  /** Evaluates the expression. An expression that is not read here is unclear, whatever stands beside it. */
  of(expression: unknown): Cases {
    const [operator = "", given] = Object.entries(fieldsOf(expression))[0] ?? [];
    const fields = fieldsOf(given);
    switch (operator) {
      case "Value":
        return only(constantOf(given));
      case "Var":
        return only(this.#variable(String(given)));
      case "!":
        return this.#each(this.of(fields.arg), (value) => (value.is === "bool" ? bool(!value.value) : FAILS));
      case "neg":
        return this.#each(this.of(fields.arg), (value) => (value.is === "long" ? longOf(-value.value) : FAILS));
      case "isEmpty":
        return this.#each(this.of(fields.arg), (value) =>
          value.is === "set" ? bool(value.members.length === 0) : FAILS,
        );
      case "&&":
        return this.#junction(fields, false);
      case "||":
        return this.#junction(fields, true);
      case "if-then-else":
        return this.#conditional(fields);
      case "Set":
        return this.#all(listOf(given), (members) => only({ is: "set", members }));
      case "Record":
        return this.#record(fields);
      case ".":
        return this.#eachCases(this.of(fields.left), (value) => this.#attribute(value, String(fields.attr)));
      case "has":
        return this.#has(
          this.of(fields.left),
          typeof fields.attr === "string" ? [fields.attr] : listOf(fields.attr).map(String),
        );
      case "like":
        return this.#like(fields);
      case "is":
        return this.#is(fields);
      case "ip":
        return this.#all(listOf(given), ([text]) => only(ipOf(text)));
      case "isInRange":
      case "isIpv4":
      case "isIpv6":
      case "isLoopback":
      case "isMulticast":
        return this.#all(listOf(given), ([one, other]) => only(addressTest(operator, one, other)));
      default:
        return BINARY.has(operator)
          ? this.#all([fields.left, fields.right], ([left, right]) =>
              this.#binary(operator, left as Value, right as Value),
            )
          : only(UNCLEAR);
    }
  }

  #variable(name: string): Value {
    const { context } = this.#world;
    const entity = this.#entities.get(name);
    return entity ? { is: "entity", type: entity.type, id: entity.id } : name === "context" ? context : UNCLEAR;
  }

  get #entities(): ReadonlyMap<string, Entity> {
    const { principal, action, resource } = this.#world;
    return new Map([
      ["principal", principal],
      ["action", action],
      ["resource", resource],
    ]);
  }

  #entity(value: Value): Entity | undefined {
    if (value.is !== "entity") return undefined;
    return [...this.#entities.values()].find(({ type, id }) => type === value.type && id === value.id);
  }

  /** `decided` is what the left side alone can make of it. */
  #junction({ left, right }: Fields, decided: boolean): Cases {
    const asBool = (value: Value): Value => (value.is === "bool" ? value : FAILS);
    return this.#eachCases(this.of(left), (value) =>
      value.is !== "bool" ? only(FAILS) : value.value === decided ? only(value) : this.#each(this.of(right), asBool),
    );
  }

  #conditional(fields: Fields): Cases {
    return this.#eachCases(this.of(fields.if), (value) =>
      value.is === "bool" ? this.of(value.value ? fields.then : fields.else) : only(FAILS),
    );
  }

  #record(fields: Fields): Cases {
    const names = Object.keys(fields);
    return this.#all(Object.values(fields), (values) =>
      only({ is: "record", fields: new Map(names.map((name, index) => [name, values[index] as Value])) }),
    );
  }

  #attribute(value: Value, name: string): Cases {
    if (value.is === "tags") {
      const there = this.#unknowns.isThere(`tag:${name}`);
      return this.#either(there, { is: "open", text: { of: "tag", key: name } }, { is: "error", missing: name });
    }
    const fields = value.is === "record" ? value.fields : this.#entity(value)?.attributes;
    return only(fields?.get(name) ?? FAILS);
  }

  /** `has a.b` asks for each step, and stops at the first that is not there. */
  #has(cases: Cases, [name = "", ...further]: readonly string[]): Cases {
    return this.#eachCases(cases, (value) => {
      const found = this.#hasOne(value, name);
      if (further.length === 0) return found;
      return this.#eachCases(found, (there) =>
        there.is === "bool" && there.value ? this.#has(this.#attribute(value, name), further) : only(there),
      );
    });
  }

  #hasOne(value: Value, name: string): Cases {
    if (value.is === "tags") return this.#either(this.#unknowns.isThere(`tag:${name}`), bool(true), bool(false));
    if (value.is === "record") return only(bool(value.fields.has(name)));
    return only(value.is === "entity" ? bool(this.#entity(value)?.attributes.has(name) ?? false) : FAILS);
  }

  #like({ left, pattern }: Fields): Cases {
    const tokens = likeTokens(pattern);
    if (tokens === undefined) return only(UNCLEAR);
    const { languages } = this.#unknowns;
    return this.#eachCases(this.of(left), (value) => {
      if (value.is === "open") return this.#either(textIn(value.text, tokens, this.#unknowns), bool(true), bool(false));
      return only(value.is === "string" ? bool(languages.has(languages.of(tokens), literal(value.value))) : FAILS);
    });
  }

  #is(fields: Fields): Cases {
    return this.#eachCases(this.of(fields.left), (value) => {
      if (value.is !== "entity") return only(FAILS);
      if (value.type !== fields.entity_type) return only(bool(false));
      return fields.in === undefined
        ? only(bool(true))
        : this.#eachCases(this.of(fields.in), (group) => only(this.#isIn(value, group)));
    });
  }

  #binary(operator: string, left: Value, right: Value): Cases {
    switch (operator) {
      case "==":
        return this.#truth(this.#equal(left, right));
      case "!=":
        return this.#truth(this.#unknowns.diagram.not(this.#equal(left, right)));
      case "in":
        return only(this.#isIn(left, right));
      case "contains":
        return left.is === "set" ? this.#truth(this.#isMember(right, left.members)) : only(FAILS);
      case "containsAll":
      case "containsAny":
        return this.#containing(left, right, operator === "containsAll");
      case "hasTag":
      case "getTag":
        return only(this.#tag(left, right, operator === "hasTag"));
      default:
        return only(
          left.is === "long" && right.is === "long"
            ? arithmetic(operator, left.value, right.value)
            : orUnclear(left, right),
        );
    }
  }

  #tag(entity: Value, name: Value, asks: boolean): Value {
    if (entity.is !== "entity") return FAILS;
    if (name.is !== "string") return name.is === "open" ? UNCLEAR : FAILS;
    const tag = this.#entity(entity)?.tags.get(name.value);
    return asks ? bool(tag !== undefined) : (tag ?? FAILS);
  }

  #isIn(entity: Value, group: Value): Value {
    const groups = group.is === "set" ? group.members : [group];
    if (entity.is !== "entity" || groups.some((each) => each.is !== "entity")) return FAILS;
    const above = [{ type: entity.type, id: entity.id }, ...(this.#entity(entity)?.parents ?? [])];
    return bool(
      groups.some((each) => each.is === "entity" && above.some(({ type, id }) => type === each.type && id === each.id)),
    );
  }

  #containing(left: Value, right: Value, all: boolean): Cases {
    if (left.is !== "set" || right.is !== "set") return only(FAILS);
    const found = right.members.map((member) => this.#isMember(member, left.members));
    return this.#truth(this.#unknowns.diagram[all ? "and" : "or"](...found));
  }

  #isMember(value: Value, members: readonly Value[]): Formula {
    return this.#unknowns.diagram.or(...members.map((member) => this.#equal(value, member)));
  }

  /** Formula of the calls for which the two values are equal. */
  #equal(one: Value, two: Value): Formula {
    const { diagram } = this.#unknowns;
    const [first, second] = two.is === "open" ? [two, one] : [one, two];
    if (first.is === "open") {
      if (second.is === "open") return openEqual(first.text, second.text, this.#world.heads, this.#unknowns);
      return second.is === "string" ? textIn(first.text, literal(second.value), this.#unknowns) : FALSE;
    }
    if (first.is === "set" && second.is === "set") {
      const within = (inner: readonly Value[], outer: readonly Value[]) =>
        inner.map((each) => this.#isMember(each, outer));
      return diagram.and(...within(first.members, second.members), ...within(second.members, first.members));
    }
    if (first.is === "record" && second.is === "record") {
      if (first.fields.size !== second.fields.size) return FALSE;
      const each = [...first.fields].map(([name, value]) => {
        const other = second.fields.get(name);
        return other === undefined ? FALSE : this.#equal(value, other);
      });
      return diagram.and(...each);
    }
    // Of the tags as a whole nothing can be told.
    if (first.is === "tags" || second.is === "tags") return this.#unknowns.unclear("all tags");
    return isSame(first, second) ? TRUE : FALSE;
  }

  #truth(formula: Formula): Cases {
    return this.#either(formula, bool(true), bool(false));
  }

  #either(when: Formula, yes: Value, no: Value): Cases {
    return this.#merged([
      { when, value: yes },
      { when: this.#unknowns.diagram.not(when), value: no },
    ]);
  }

  #each(cases: Cases, make: (value: Value) => Value): Cases {
    return this.#eachCases(cases, (value) => only(make(value)));
  }

  /** Maps each case's value. Failed cases stay failed, unclear ones unclear. */
  #eachCases(cases: Cases, make: (value: Value) => Cases): Cases {
    const { diagram } = this.#unknowns;
    return this.#merged(
      cases.flatMap(({ when, value }) =>
        value.is === "error" || value.is === "unclear"
          ? [{ when, value }]
          : make(value).map((each) => ({ when: diagram.and(when, each.when), value: each.value })),
      ),
    );
  }

  /** The expressions one after the other, and then what is made of their values. */
  #all(
    expressions: readonly unknown[],
    make: (values: readonly Value[]) => Cases,
    values: readonly Value[] = [],
  ): Cases {
    const [next, ...others] = expressions;
    if (expressions.length === 0) return make(values);
    return this.#eachCases(this.of(next), (value) => this.#all(others, make, [...values, value]));
  }

  #merged(cases: Cases): Cases {
    const { diagram } = this.#unknowns;
    const possible = cases.filter(({ when }) => when > 0);
    const groups = Map.groupBy(possible, ({ value }) => joinKeyOf(value) ?? value);
    return [...groups.values()].map((alike) => ({
      when: diagram.or(...alike.map(({ when }) => when)),
      value: (alike[0] as Cases[number]).value,
    }));
  }
}

const BINARY = new Set([
  ...["==", "!=", "in", "<", "<=", ">", ">=", "+", "-", "*"],
  ...["contains", "containsAll", "containsAny", "hasTag", "getTag"],
]);

const only = (value: Value): Cases => [{ when: TRUE, value }];

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function constantOf(given: unknown): Value {
  if (typeof given === "boolean") return bool(given);
  if (typeof given === "string") return string(given);
  // A number that JavaScript cannot hold has been rounded already.
  if (typeof given === "number") return Number.isSafeInteger(given) ? { is: "long", value: BigInt(given) } : UNCLEAR;
  const { type, id } = fieldsOf(fieldsOf(given).__entity);
  return typeof type === "string" && typeof id === "string" ? { is: "entity", type, id } : UNCLEAR;
}

/** Cedar's long has 64 bits, and what does not fit fails. */
function longOf(value: bigint): Value {
  return value === BigInt.asIntN(64, value) ? { is: "long", value } : FAILS;
}

function arithmetic(operator: string, left: bigint, right: bigint): Value {
  switch (operator) {
    case "+":
      return longOf(left + right);
    case "-":
      return longOf(left - right);
    case "*":
      return longOf(left * right);
    case "<":
      return bool(left < right);
    case "<=":
      return bool(left <= right);
    case ">":
      return bool(left > right);
    default:
      return bool(left >= right);
  }
}

/** Other types than longs can be compared too (datetime, duration): an extension's value is unclear already, and anything else fails. */
const orUnclear = (left: Value, right: Value): Value =>
  left.is === "unclear" || right.is === "unclear" ? UNCLEAR : FAILS;

function isSame(one: Value, two: Value): boolean {
  if (one.is === "entity" && two.is === "entity") return one.type === two.type && one.id === two.id;
  if (one.is === "ip" && two.is === "ip")
    return (
      one.value.bits === two.value.bits &&
      one.value.prefix === two.value.prefix &&
      one.value.family === two.value.family
    );
  if ("value" in one && "value" in two) return one.is === two.is && one.value === two.value;
  return false;
}

const ipOf = (text: Value | undefined): Value => {
  if (text?.is === "open") return UNCLEAR;
  const value = text?.is === "string" ? addressOf(text.value) : undefined;
  return value === undefined ? FAILS : { is: "ip", value };
};

function addressTest(operator: string, one: Value | undefined, other: Value | undefined): Value {
  if (one?.is !== "ip") return FAILS;
  const within = (range: string) => {
    const outer = addressOf(range);
    return outer !== undefined && isWithin(one.value, outer);
  };
  switch (operator) {
    case "isInRange":
      return other?.is === "ip" ? bool(isWithin(one.value, other.value)) : FAILS;
    case "isIpv4":
      return bool(one.value.family === 4);
    case "isIpv6":
      return bool(one.value.family === 6);
    case "isLoopback":
      return bool(within("127.0.0.0/8") || within("::1"));
    default:
      return bool(within("224.0.0.0/4") || within("ff00::/8"));
  }
}
