import { ByCase, only } from "./by-case.ts";
import { Equality } from "./cedar-equality.ts";
import { addressTest, arithmetic, constantOf, fieldsOf, ipOf, longOf } from "./cedar-operators.ts";
import { likePattern } from "./cedar-patterns.ts";
import { bool, type Cases, FAILS, UNCLEAR, type Value } from "./cedar-value.ts";
import { type Entity, textIn, type World } from "./cedar-world.ts";
import { literal } from "./language.ts";
import type { Unknowns } from "./unknowns.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Evaluates expressions of Cedar's JSON format, case by case. As in Cedar, evaluation goes from left to right, and an
 * operand that is skipped causes no error.
 * Sources: https://docs.cedarpolicy.com/policies/json-format.html,
 * https://docs.cedarpolicy.com/policies/syntax-operators.html
 */
export class Evaluation {
  readonly #world: World;
  readonly #unknowns: Unknowns;
  readonly #byCase: ByCase;
  readonly #equality: Equality;

  constructor(world: World, unknowns: Unknowns) {
    this.#world = world;
    this.#unknowns = unknowns;
    this.#byCase = new ByCase(unknowns);
    this.#equality = new Equality(world.heads, unknowns);
  }

  /** Evaluates the expression. An expression that this class does not support is unclear. */
  of(expression: unknown): Cases {
    const [read] = Object.entries(fieldsOf(expression));
    if (read === undefined) return only(UNCLEAR);
    const [operator, given] = read;
    const fields = fieldsOf(given);
    switch (operator) {
      case "Value":
        return only(constantOf(given));
      case "Var":
        return only(this.#variable(String(given)));
      case "!":
        return this.#byCase.each(this.of(fields.arg), (value) => (value.is === "bool" ? bool(!value.value) : FAILS));
      case "neg":
        return this.#byCase.each(this.of(fields.arg), (value) => (value.is === "long" ? longOf(-value.value) : FAILS));
      case "isEmpty":
        return this.#byCase.each(this.of(fields.arg), (value) =>
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
        return this.#byCase.eachCases(this.of(fields.left), (value) => this.#attribute(value, String(fields.attr)));
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
    // Stryker disable next-line ConditionalExpression: other values have neither type nor id
    if (value.is !== "entity") return undefined;
    return [...this.#entities.values()].find(({ type, id }) => type === value.type && id === value.id);
  }

  /** Evaluates `&&` or `||`. `decided` is the value of the left side that makes the right side irrelevant. */
  #junction({ left, right }: Fields, decided: boolean): Cases {
    const asBool = (value: Value): Value => (value.is === "bool" ? value : FAILS);
    return this.#byCase.eachCases(this.of(left), (value) =>
      value.is !== "bool"
        ? only(FAILS)
        : value.value === decided
          ? only(value)
          : this.#byCase.each(this.of(right), asBool),
    );
  }

  #conditional(fields: Fields): Cases {
    return this.#byCase.eachCases(this.of(fields.if), (value) =>
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
      const isThere = this.#unknowns.isThere(`tag:${name}`);
      return this.#byCase.either(isThere, { is: "open", text: { of: "tag", key: name } }, { is: "missing", tag: name });
    }
    const fields = value.is === "record" ? value.fields : this.#entity(value)?.attributes;
    return only(fields?.get(name) ?? FAILS);
  }

  /** Evaluates `has a.b` step by step, up to the first attribute that is missing. */
  #has(cases: Cases, [name, ...further]: readonly string[]): Cases {
    return this.#byCase.eachCases(cases, (value) => {
      const found = this.#hasOne(value, String(name));
      if (further.length === 0) return found;
      return this.#byCase.eachCases(found, (isThere) =>
        isThere === bool(true) ? this.#has(this.#attribute(value, String(name)), further) : only(isThere),
      );
    });
  }

  #hasOne(value: Value, name: string): Cases {
    if (value.is === "tags") return this.#byCase.either(this.#unknowns.isThere(`tag:${name}`), bool(true), bool(false));
    if (value.is === "record") return only(bool(value.fields.has(name)));
    return only(value.is === "entity" ? bool(this.#entity(value)?.attributes.has(name) ?? false) : FAILS);
  }

  #like({ left, pattern: given }: Fields): Cases {
    const { languages } = this.#unknowns;
    const pattern = likePattern(given);
    if (pattern === undefined) return only(UNCLEAR);
    return this.#byCase.eachCases(this.of(left), (value) => {
      if (value.is === "open")
        return this.#byCase.either(textIn(value.text, pattern, this.#unknowns), bool(true), bool(false));
      return only(value.is === "string" ? bool(languages.has(languages.of(pattern), literal(value.value))) : FAILS);
    });
  }

  #is(fields: Fields): Cases {
    return this.#byCase.eachCases(this.of(fields.left), (value) => {
      if (value.is !== "entity") return only(FAILS);
      if (value.type !== fields.entity_type) return only(bool(false));
      return fields.in === undefined
        ? only(bool(true))
        : this.#byCase.eachCases(this.of(fields.in), (group) => only(this.#isIn(value, group)));
    });
  }

  #binary(operator: string, left: Value, right: Value): Cases {
    switch (operator) {
      case "==":
        return this.#byCase.truth(this.#equality.of(left, right));
      case "!=":
        return this.#byCase.truth(this.#unknowns.diagram.not(this.#equality.of(left, right)));
      case "in":
        return only(this.#isIn(left, right));
      case "contains":
        return left.is === "set" ? this.#byCase.truth(this.#equality.isMember(right, left.members)) : only(FAILS);
      case "containsAll":
      case "containsAny":
        if (left.is !== "set" || right.is !== "set") return only(FAILS);
        return this.#byCase.truth(this.#equality.contains(left.members, right.members, operator === "containsAll"));
      case "hasTag":
      case "getTag":
        return only(this.#tag(left, right, operator === "hasTag"));
      default:
        return only(
          // Cedar also compares datetime and duration. Their values are unclear here and never reach this line.
          left.is === "long" && right.is === "long" ? arithmetic(operator, left.value, right.value) : FAILS,
        );
    }
  }

  #tag(entity: Value, name: Value, isTest: boolean): Value {
    if (entity.is !== "entity") return FAILS;
    if (name.is !== "string") return name.is === "open" ? UNCLEAR : FAILS;
    const tag = this.#entity(entity)?.tags.get(name.value);
    return isTest ? bool(tag !== undefined) : (tag ?? FAILS);
  }

  #isIn(entity: Value, group: Value): Value {
    const all = group.is === "set" ? group.members : [group];
    const groups = all.flatMap((each) => (each.is === "entity" ? [each] : []));
    if (entity.is !== "entity" || groups.length < all.length) return FAILS;
    const own = this.#entity(entity);
    const above = own === undefined ? [entity] : [entity, ...own.parents];
    return bool(groups.some((each) => above.some(({ type, id }) => type === each.type && id === each.id)));
  }

  /** Evaluates the expressions from left to right and passes their values to `make`. */
  #all(
    expressions: readonly unknown[],
    make: (values: readonly Value[]) => Cases,
    values: readonly Value[] = [],
  ): Cases {
    const [next, ...others] = expressions;
    if (expressions.length === 0) return make(values);
    return this.#byCase.eachCases(this.of(next), (value) => this.#all(others, make, [...values, value]));
  }
}

const BINARY = new Set([
  ...["==", "!=", "in", "<", "<=", ">", ">=", "+", "-", "*"],
  ...["contains", "containsAll", "containsAny", "hasTag", "getTag"],
]);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
