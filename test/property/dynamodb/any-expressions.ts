import fc from "fast-check";
import type { AttributeValue } from "../../../local/emulator/table-change.ts";

/** Gives placeholders to the names and values of one call. */
export class Bindings {
  readonly #names = new Map<string, string>();
  readonly #values: AttributeValue[] = [];

  name(name: string): string {
    const placeholder = `#${name}`;
    this.#names.set(placeholder, name);
    return placeholder;
  }

  path(path: readonly string[]): string {
    return path.map((name) => this.name(name)).join(".");
  }

  value(value: AttributeValue): string {
    this.#values.push(value);
    return `:v${this.#values.length - 1}`;
  }

  /** Members of the call that define the placeholders. */
  get members(): object {
    const values = this.#values.map((value, index) => [`:v${index}`, value]);
    return {
      ...(this.#names.size > 0 ? { ExpressionAttributeNames: Object.fromEntries(this.#names) } : {}),
      ...(values.length > 0 ? { ExpressionAttributeValues: Object.fromEntries(values) } : {}),
    };
  }
}

/** Writes an expression with the placeholders of a call. */
export type Expression = (bindings: Bindings) => string;

const S = fc.constantFrom("", "a", "ab", "b", "é", "\u{1f600}", "\uffee").map((text): AttributeValue => ({ S: text }));
const N = fc
  .constantFrom("0", "1", "-1", "1.5", "10", "1e3", "0.10", "12345678901234567890", "-0.000000000000000001")
  .map((text): AttributeValue => ({ N: text }));
const scalar = fc.oneof(S, N);
const list = fc.array(scalar, { maxLength: 3 }).map((L): AttributeValue => ({ L }));
const set = fc.constantFrom<AttributeValue>({ SS: ["a", "b"] }, { SS: ["b"] }, { NS: ["1", "2"] }, { NS: ["1"] });
const flag = fc.constantFrom<AttributeValue>({ BOOL: true }, { BOOL: false }, { NULL: true });
const small = fc.oneof(scalar, flag, set, list);
const map = fc
  .record({ x: small, y: small }, { requiredKeys: [] })
  .map((M): AttributeValue => ({ M: M as Record<string, AttributeValue> }));

/** Attributes of an item beside its key; `m` is always a map. */
export const anyAttributes = fc.record({ n: small, s: small, l: list, m: map }, { requiredKeys: ["m"] });

const PATHS = [["n"], ["s"], ["l"], ["m", "x"], ["m", "y"]] as const;
const path = fc.constantFrom(...PATHS);
const comparator = fc.constantFrom("<", "<=", ">", ">=");
const equality = fc.constantFrom("=", "<>");

const comparison: fc.Arbitrary<Expression> = fc.oneof(
  fc.tuple(path, equality, fc.oneof(small, map)).map(
    ([at, how, value]) =>
      (bind: Bindings) =>
        `${bind.path(at)} ${how} ${bind.value(value)}`,
  ),
  fc.tuple(path, comparator, scalar).map(
    ([at, how, value]) =>
      (bind: Bindings) =>
        `${bind.path(at)} ${how} ${bind.value(value)}`,
  ),
  fc.tuple(path, fc.oneof(comparator, equality), fc.constantFrom("0", "1", "2", "4")).map(
    ([at, how, size]) =>
      (bind: Bindings) =>
        `size(${bind.path(at)}) ${how} ${bind.value({ N: size })}`,
  ),
  fc.tuple(path, comparator, path).map(
    ([at, how, other]) =>
      (bind: Bindings) =>
        `${bind.path(at)} ${how} ${bind.path(other)}`,
  ),
  fc.tuple(path, fc.constantFrom("-1", "1"), fc.constantFrom("1", "10")).map(
    ([at, low, high]) =>
      (bind: Bindings) =>
        `${bind.path(at)} BETWEEN ${bind.value({ N: low })} AND ${bind.value({ N: high })}`,
  ),
  fc.tuple(path, fc.array(small, { minLength: 1, maxLength: 3 })).map(
    ([at, values]) =>
      (bind: Bindings) =>
        `${bind.path(at)} IN (${values.map((value) => bind.value(value)).join(", ")})`,
  ),
);
const call: fc.Arbitrary<Expression> = fc.oneof(
  fc.tuple(path, fc.constantFrom("attribute_exists", "attribute_not_exists")).map(
    ([at, name]) =>
      (bind: Bindings) =>
        `${name}(${bind.path(at)})`,
  ),
  fc.tuple(path, S).map(
    ([at, value]) =>
      (bind: Bindings) =>
        `begins_with(${bind.path(at)}, ${bind.value(value)})`,
  ),
  fc.tuple(path, scalar).map(
    ([at, value]) =>
      (bind: Bindings) =>
        `contains(${bind.path(at)}, ${bind.value(value)})`,
  ),
  fc.tuple(path, fc.constantFrom("S", "N", "SS", "NS", "L", "M", "BOOL", "NULL")).map(
    ([at, type]) =>
      (bind: Bindings) =>
        `attribute_type(${bind.path(at)}, ${bind.value({ S: type })})`,
  ),
);

/** Conditions and filters on attributes beside the key. */
export const anyCondition: fc.Arbitrary<Expression> = fc.letrec<{ condition: Expression }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, depthIdentifier: "condition" },
    comparison,
    call,
    tie("condition").map((one) => (bind: Bindings) => `NOT ${one(bind)}`),
    fc.tuple(tie("condition"), fc.constantFrom("AND", "OR", "and"), tie("condition")).map(
      ([one, how, other]) =>
        (bind: Bindings) =>
          `${one(bind)} ${how} ${other(bind)}`,
    ),
    // A parenthesis around all, or around another one, is redundant, and refused.
    fc.tuple(tie("condition"), tie("condition"), tie("condition")).map(
      ([one, other, third]) =>
        (bind: Bindings) =>
          `(${one(bind)} OR ${other(bind)}) AND ${third(bind)}`,
    ),
  ),
})).condition;

type Step = readonly [section: "SET" | "REMOVE" | "ADD" | "DELETE", write: Expression];

const stepAt = (at: readonly string[]): fc.Arbitrary<Step> =>
  fc.oneof(
    small.map((value): Step => ["SET", (bind) => `${bind.path(at)} = ${bind.value(value)}`]),
    fc
      .tuple(path, small)
      .map(
        ([from, value]): Step => [
          "SET",
          (bind: Bindings) => `${bind.path(at)} = if_not_exists(${bind.path(from)}, ${bind.value(value)})`,
        ],
      ),
    list.map(
      (value): Step => ["SET", (bind) => `${bind.path(at)} = list_append(${bind.name("l")}, ${bind.value(value)})`],
    ),
    fc
      .tuple(path, fc.constantFrom("+", "-"), N)
      .map(
        ([from, how, value]): Step => [
          "SET",
          (bind: Bindings) => `${bind.path(at)} = ${bind.path(from)} ${how} ${bind.value(value)}`,
        ],
      ),
    fc.constant<Step>(["REMOVE", (bind) => bind.path(at)]),
    fc.oneof(N, set).map((value): Step => ["ADD", (bind) => `${bind.path(at)} ${bind.value(value)}`]),
    set.map((value): Step => ["DELETE", (bind) => `${bind.path(at)} ${bind.value(value)}`]),
  );

/** Updates of attributes, each at most once, with the condition that they depend on where they need one. */
export const anyUpdate: fc.Arbitrary<{ readonly update: Expression; readonly needs: string | undefined }> = fc
  .subarray([...PATHS], { minLength: 1, maxLength: 2 })
  .chain((paths) => fc.tuple(...paths.map((at) => stepAt(at).map((step) => [at, step] as const))))
  .map((steps) => ({
    update: (bind: Bindings) =>
      (["SET", "REMOVE", "ADD", "DELETE"] as const)
        .map((section) => [section, steps.filter(([, [each]]) => each === section)] as const)
        .filter(([, of]) => of.length > 0)
        .map(([section, of]) => `${section} ${of.map(([, [, write]]) => write(bind)).join(", ")}`)
        .join(" "),
    // dynoxide lets a nested attribute be removed whose map does not exist; DynamoDB does not.
    needs: steps.some(([at, [section]]) => at.length > 1 && (section === "REMOVE" || section === "DELETE"))
      ? "m"
      : undefined,
  }));

export const anyProjection: fc.Arbitrary<Expression> = fc
  .subarray([["pk"], ...PATHS], { minLength: 1 })
  .map((paths) => (bind: Bindings) => paths.map((at) => bind.path(at)).join(", "));
