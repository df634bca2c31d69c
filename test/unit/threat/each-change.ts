import * as v from "valibot";

/** One change of a value, and the path of the field that it changes. A list's items and a record's names have no place in a path. */
export interface Change {
  readonly path: string;
  readonly kind: "left out" | "null" | "fewer" | "renamed" | "other form" | "other value";
  /** Name or value. */
  readonly how: string;
  readonly value: unknown;
}

/** Fields of a schema that the walk reads. Each kind of schema has some of them. */
interface Schema {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly wrapped?: Schema;
  readonly item?: Schema;
  /** Schema of the names of a record; the name of the field by which a variant is told. */
  readonly key?: unknown;
  readonly value?: Schema;
  readonly options?: readonly unknown[];
}

const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null && "type" in value;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const below = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);
const accepts = (schema: Schema, value: unknown): boolean => v.safeParse(schema as never, value).success;
const optionsOf = ({ options = [] }: Schema): readonly Schema[] => options.filter(isSchema);

/** Lists the path of every field of a schema. */
export function pathsOf(schema: Schema, path = ""): readonly string[] {
  if (schema.entries)
    return Object.entries(schema.entries).flatMap(([name, each]) => [
      below(path, name),
      ...pathsOf(each, below(path, name)),
    ]);
  const inside = [schema.wrapped, schema.item, schema.type === "record" ? schema.value : undefined];
  return [...inside.filter(isSchema), ...optionsOf(schema)].flatMap((each) => pathsOf(each, path));
}

/**
 * Lists the changes of a value, one field changed in each: another value, no value, a further item.
 * @param others values at the same path elsewhere, which are another form of it.
 */
export function changesOf(
  schema: Schema,
  value: unknown,
  others: ReadonlyMap<string, readonly unknown[]> = valuesIn(schema, value),
  path = "",
): readonly Change[] {
  if (schema.wrapped)
    return [
      ...(path === "" ? [] : [{ path, kind: "left out" as const, how: "", value: undefined }]),
      ...(schema.type === "nullable" ? [{ path, kind: "null" as const, how: "", value: null }] : []),
      ...changesOf(schema.wrapped, value, others, path),
    ];
  if (schema.entries && isRecord(value))
    return Object.entries(schema.entries).flatMap(([name, each]) =>
      value[name] === undefined
        ? []
        : changesOf(each, value[name], others, below(path, name)).map((change) => ({
            ...change,
            value: { ...value, [name]: change.value },
          })),
    );
  if (schema.type === "record" && isRecord(value) && schema.value) {
    const { value: inside, key } = schema;
    return Object.entries(value).flatMap(([name, each]) => {
      const { [name]: _, ...rest } = value;
      const renamed = isSchema(key) ? anotherText(key, name) : undefined;
      return [
        ...(accepts(schema, rest) ? [{ path, kind: "fewer" as const, how: name, value: rest }] : []),
        ...(renamed === undefined
          ? []
          : [{ path, kind: "renamed" as const, how: name, value: { ...rest, [renamed]: each } }]),
        ...changesOf(inside, each, others, path).map((change) => ({
          ...change,
          value: { ...rest, [name]: change.value },
        })),
      ];
    });
  }
  if (schema.item && Array.isArray(value)) {
    const { item } = schema;
    return [
      ...(value.length > 1 ? [{ path, kind: "fewer" as const, how: "items", value: value.slice(1) }] : []),
      ...value.flatMap((each, index) =>
        changesOf(item, each, others, path).map((change) => ({ ...change, value: value.with(index, change.value) })),
      ),
    ];
  }
  const forms = optionsOf(schema);
  if (forms.length > 0) {
    const form = forms.find((each) => accepts(each, value));
    const another = (others.get(path) ?? []).find((each) => form !== undefined && !accepts(form, each));
    return [
      ...(another === undefined ? [] : [{ path, kind: "other form" as const, how: "", value: another }]),
      ...(form === undefined ? [] : changesOf(form, value, others, path)),
    ];
  }
  const changed = another(schema, value);
  return changed === undefined
    ? []
    : [{ path, kind: "other value", how: `${JSON.stringify(changed)}`, value: changed }];
}

/** Returns another value that the schema of one value accepts; undefined for a literal. */
function another(schema: Schema, value: unknown): unknown {
  if (schema.type === "picklist") return schema.options?.find((each) => each !== value);
  if (typeof value === "boolean") return schema.type === "literal" ? undefined : !value;
  if (typeof value === "number") return [value + 1, value - 1, value / 2].find((each) => accepts(schema, each));
  return typeof value === "string" ? anotherText(schema, value) : undefined;
}

/** Finds another text of the same form: by one character more, or another character from the end on. */
function anotherText(schema: Schema, text: string): string | undefined {
  const places = [...text].map((_, index) => text.length - 1 - index);
  const candidates = ["2", "7", "b", "c"].flatMap((each) => [
    `${text}${each}`,
    ...places.map((index) => `${text.slice(0, index)}${each}${text.slice(index + 1)}`),
  ]);
  return candidates.find((each) => each !== text && accepts(schema, each));
}

/** Collects the values at each path. */
function valuesIn(schema: Schema, value: unknown, path = "", found = new Map<string, unknown[]>()) {
  found.set(path, [...(found.get(path) ?? []), value]);
  const inside = schema.wrapped ?? optionsOf(schema).find((each) => accepts(each, value));
  if (inside) valuesIn(inside, value, path, found);
  if (schema.entries && isRecord(value))
    for (const [name, each] of Object.entries(schema.entries))
      if (value[name] !== undefined) valuesIn(each, value[name], below(path, name), found);
  const item = schema.item ?? (schema.type === "record" ? schema.value : undefined);
  if (item && typeof value === "object" && value !== null)
    for (const each of Object.values(value)) valuesIn(item, each, path, found);
  return found;
}

/** Lists the paths of the fields that a value has. */
export const pathsIn = (schema: Schema, value: unknown): ReadonlySet<string> => new Set(valuesIn(schema, value).keys());
