import { ServiceError } from "../../service-error.ts";
import { invalid } from "./invalid.ts";
import { Members } from "./members.ts";
import { Table } from "./table.ts";
import { type KeyAttribute, keyNames, type TableSchema } from "./table-schema.ts";

/** Tables of one account, and the operations on whole tables. */
export class Tables {
  readonly #tables = new Map<string, Table>();
  readonly #account: string;
  readonly #now: () => number;

  constructor(account: string, now: () => number) {
    this.#account = account;
    this.#now = now;
  }

  /** @throws {ServiceError} ResourceNotFoundException where there is none. */
  get(name: string): Table {
    const table = this.#tables.get(name);
    if (table) return table;
    throw new ServiceError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`, 400);
  }

  create(input: unknown, region: string): object {
    const members = new Members(input, ["TableName", "AttributeDefinitions", "KeySchema", "BillingMode"]);
    members.choice("BillingMode", ["PAY_PER_REQUEST"]);
    const name = members.requiredText("TableName");
    if (!/^[\w.-]{3,255}$/.test(name)) throw invalid("TableName must be at least 3 characters long and at most 255");
    if (this.#tables.has(name)) throw new ServiceError("ResourceInUseException", `Table already exists: ${name}`, 400);
    const table = new Table(name, schemaOf(members), this.#now());
    this.#tables.set(name, table);
    return { TableDescription: this.#described(table, region) };
  }

  describe(input: unknown, region: string): object {
    return { Table: this.#described(this.#named(input), region) };
  }

  delete(input: unknown, region: string): object {
    const table = this.#named(input);
    this.#tables.delete(table.name);
    return { TableDescription: { ...this.#described(table, region), TableStatus: "DELETING" } };
  }

  list(input: unknown): object {
    new Members(input, []);
    return { TableNames: [...this.#tables.keys()].sort() };
  }

  #named(input: unknown): Table {
    return this.get(new Members(input, ["TableName"]).requiredText("TableName"));
  }

  #described({ name, schema, createdAtMs }: Table, region: string): object {
    const attributes = schema.sort ? [schema.partition, schema.sort] : [schema.partition];
    return {
      TableName: name,
      TableArn: `arn:aws:dynamodb:${region}:${this.#account}:table/${name}`,
      TableStatus: "ACTIVE",
      CreationDateTime: Math.floor(createdAtMs / 1_000),
      AttributeDefinitions: attributes.map(({ name: AttributeName, type }) => ({ AttributeName, AttributeType: type })),
      KeySchema: keyNames(schema).map((AttributeName, index) => ({
        AttributeName,
        KeyType: index === 0 ? "HASH" : "RANGE",
      })),
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
    };
  }
}

function schemaOf(members: Members): TableSchema {
  const types = new Map(
    members.parts("AttributeDefinitions", 2).map((part): [string, KeyAttribute["type"]] => {
      const definition = new Members(part, ["AttributeName", "AttributeType"]);
      return [definition.requiredText("AttributeName"), definition.choice("AttributeType", ["S", "N", "B"])];
    }),
  );
  const keys = members.parts("KeySchema", 2).map((part): KeyAttribute => {
    const element = new Members(part, ["AttributeName", "KeyType"]);
    element.choice("KeyType", ["HASH", "RANGE"]);
    const name = element.requiredText("AttributeName");
    const type = types.get(name);
    if (type === undefined) throw invalid(`The key ${name} has no definition`);
    return { name, type };
  });
  const [partition, sort] = keys;
  if (!partition || types.size !== keys.length) throw invalid("Attributes must be defined for the key, and no others");
  return sort ? { partition, sort } : { partition };
}
