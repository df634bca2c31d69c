import fc from "fast-check";
import { anyAttributes, anyCondition, anyProjection, anyUpdate, Bindings, type Expression } from "./any-expressions.ts";

/** A DynamoDB call on a table whose name is a parameter. */
export interface Operation {
  readonly name: string;
  readonly input: (table: string) => object;
}

const SORTS = ["1", "12", "2", "é", "\u{1f600}", "\uffee"];
const text = (value: string) => ({ S: value });
const anyKey = fc
  .tuple(fc.constantFrom("a", "b"), fc.constantFrom(...SORTS))
  .map(([pk, sk]) => ({ pk: text(pk), sk: text(sk) }));
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const returns = (...choices: string[]) => optional(fc.constantFrom("NONE", ...choices));
const returnValues = optional(fc.constantFrom("NONE", "ALL_OLD"));

/** Members with their expressions written out. Undefined members are left out of the JSON. */
function written(expressions: Readonly<Record<string, Expression | undefined>>, more: object): object {
  const bindings = new Bindings();
  const texts = Object.entries(expressions).map(([name, write]) => [name, write?.(bindings)] as const);
  return { ...more, ...Object.fromEntries(texts), ...bindings.members };
}

const onItem = (condition: Expression | undefined, needs: string | undefined): Expression | undefined => {
  if (needs === undefined) return condition;
  const exists: Expression = (bind) => `attribute_exists(${bind.name(needs)})`;
  return condition ? (bind) => `${exists(bind)} AND (${condition(bind)})` : exists;
};

type Part = (table: string) => object;
const anyPut: fc.Arbitrary<Part> = fc
  .tuple(anyKey, anyAttributes, fc.option(anyCondition, { nil: undefined, freq: 1 }), returnValues)
  .map(
    ([key, attributes, ConditionExpression, ReturnValuesOnConditionCheckFailure]) =>
      (TableName) =>
        written(
          { ConditionExpression },
          { TableName, Item: { ...key, ...attributes }, ReturnValuesOnConditionCheckFailure },
        ),
  );
const anyItemUpdate: fc.Arbitrary<Part> = fc
  .tuple(anyKey, anyUpdate, fc.option(anyCondition, { nil: undefined, freq: 1 }), returnValues)
  .map(
    ([Key, { update, needs }, condition, ReturnValuesOnConditionCheckFailure]) =>
      (TableName) =>
        written(
          { UpdateExpression: update, ConditionExpression: onItem(condition, needs) },
          { TableName, Key, ReturnValuesOnConditionCheckFailure },
        ),
  );
const anyDelete: fc.Arbitrary<Part> = fc.tuple(anyKey, optional(anyCondition), returnValues).map(
  ([Key, ConditionExpression, ReturnValuesOnConditionCheckFailure]) =>
    (TableName) =>
      written({ ConditionExpression }, { TableName, Key, ReturnValuesOnConditionCheckFailure }),
);
const anyCheck: fc.Arbitrary<Part> = fc.tuple(anyKey, anyCondition).map(
  ([Key, ConditionExpression]) =>
    (TableName) =>
      written({ ConditionExpression }, { TableName, Key }),
);
const anyGet: fc.Arbitrary<Part> = fc.tuple(anyKey, optional(anyProjection)).map(
  ([Key, ProjectionExpression]) =>
    (TableName) =>
      written({ ProjectionExpression }, { TableName, Key }),
);

const alone = (name: string, part: fc.Arbitrary<Part>, ...choices: string[]): fc.Arbitrary<Operation> =>
  fc.tuple(part, returns(...choices)).map(([write, ReturnValues]) => ({
    name,
    input: (table) => ({ ...write(table), ReturnValues }),
  }));

const anyRange: fc.Arbitrary<Expression | undefined> = optional(
  fc.oneof(
    fc.tuple(fc.constantFrom("=", "<", "<=", ">", ">="), fc.constantFrom(...SORTS)).map(
      ([how, sort]): Expression =>
        (bind) =>
          `${bind.name("sk")} ${how} ${bind.value(text(sort))}`,
    ),
    fc.constantFrom(...SORTS).map(
      (prefix): Expression =>
        (bind) =>
          `begins_with(${bind.name("sk")}, ${bind.value(text(prefix))})`,
    ),
    fc.subarray(SORTS, { minLength: 2, maxLength: 2 }).map(
      ([low = "", high = ""]): Expression =>
        (bind) =>
          `${bind.name("sk")} BETWEEN ${bind.value(text(low))} AND ${bind.value(text(high))}`,
    ),
  ),
);
const anyQuery: fc.Arbitrary<Operation> = fc
  .record({
    pk: fc.constantFrom("a", "b"),
    range: anyRange,
    filter: optional(anyCondition),
    projection: optional(anyProjection),
    most: optional(fc.integer({ min: 1, max: 4 })),
    isForward: optional(fc.boolean()),
    after: optional(fc.constantFrom(...SORTS)),
  })
  .map(({ pk, range, filter, projection, most, isForward, after }) => ({
    name: "Query",
    input: (TableName) =>
      written(
        {
          KeyConditionExpression: (bind) =>
            [`${bind.name("pk")} = ${bind.value(text(pk))}`, ...(range ? [range(bind)] : [])].join(" AND "),
          FilterExpression: filter,
          ProjectionExpression: projection,
        },
        {
          TableName,
          Limit: most,
          ScanIndexForward: isForward,
          ...(after === undefined || range ? {} : { ExclusiveStartKey: { pk: text(pk), sk: text(after) } }),
        },
      ),
  }));
const anyScan: fc.Arbitrary<Operation> = optional(anyCondition).map((FilterExpression) => ({
  name: "Scan",
  input: (TableName) => written({ FilterExpression }, { TableName }),
}));

const few = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 1, maxLength: 4 });
const anyTransaction: fc.Arbitrary<Operation> = few(
  fc.oneof(
    ...(
      [
        ["Put", anyPut],
        ["Update", anyItemUpdate],
        ["Delete", anyDelete],
        ["ConditionCheck", anyCheck],
      ] as const
    ).map(([kind, part]) => part.map((write) => (table: string) => ({ [kind]: write(table) }))),
  ),
).map((parts) => ({
  name: "TransactWriteItems",
  input: (table) => ({ TransactItems: parts.map((part) => part(table)) }),
}));
// Without projections: dynoxide treats an item of which nothing is projected as missing.
const anyTransactGet: fc.Arbitrary<Operation> = few(
  anyKey.map(
    (Key): Part =>
      (TableName) => ({ TableName, Key }),
  ),
).map((parts) => ({
  name: "TransactGetItems",
  input: (table) => ({ TransactItems: parts.map((part) => ({ Get: part(table) })) }),
}));
const anyBatchGet: fc.Arbitrary<Operation> = few(anyKey).map((Keys) => ({
  name: "BatchGetItem",
  input: (table) => ({ RequestItems: { [table]: { Keys } } }),
}));
const anyBatchWrite: fc.Arbitrary<Operation> = few(
  fc.oneof(
    fc.tuple(anyKey, anyAttributes).map(([key, attributes]) => ({ PutRequest: { Item: { ...key, ...attributes } } })),
    anyKey.map((Key) => ({ DeleteRequest: { Key } })),
  ),
).map((writes) => ({ name: "BatchWriteItem", input: (table) => ({ RequestItems: { [table]: writes } }) }));

/**
 * Operations on few items, so that operations meet. Updates go without ALL_OLD: dynoxide answers with the key of an
 * item that did not exist.
 */
export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: alone("PutItem", anyPut, "ALL_OLD") },
  { weight: 6, arbitrary: alone("UpdateItem", anyItemUpdate, "ALL_NEW") },
  { weight: 1, arbitrary: alone("DeleteItem", anyDelete, "ALL_OLD") },
  { weight: 2, arbitrary: anyGet.map((part) => ({ name: "GetItem", input: part })) },
  { weight: 4, arbitrary: anyQuery },
  { weight: 1, arbitrary: anyScan },
  { weight: 4, arbitrary: anyTransaction },
  { weight: 1, arbitrary: anyTransactGet },
  { weight: 1, arbitrary: anyBatchGet },
  { weight: 1, arbitrary: anyBatchWrite },
);
