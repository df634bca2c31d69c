import type { WireCall } from "../cloud/wire-tap.ts";
import type { Stage, Usage } from "./bill.ts";
import { itemBytes, readUnits, type WireItem, writeUnits } from "./capacity-units.ts";

interface Write {
  readonly Item?: WireItem;
  readonly Key?: WireItem;
}

/** Meter of DynamoDB's charges for calls on the wire, by the sizes of the real items. */
export class TableMeter {
  readonly #known = new Map<string, WireItem>();
  readonly #read: (key: WireItem) => Promise<WireItem | undefined>;

  /** @param read reads an item, since an update on the wire does not show the item's size. */
  constructor(read: (key: WireItem) => Promise<WireItem | undefined>) {
    this.#read = read;
  }

  /** Lists the last known items of a kind, without deleted ones. */
  itemsOf(kind: string): readonly WireItem[] {
    return [...this.#known].filter(([key]) => kindOf(key) === kind).map(([, item]) => item);
  }

  /** Computes the usages of calls, in their order. Further calls to the same items must come later. */
  async usagesOf(calls: readonly WireCall[], stage: Stage): Promise<readonly Usage[]> {
    const usages: Usage[] = [];
    for (const call of calls) {
      if (call.service === "dynamodb" && call.status === 200) usages.push(...(await this.#usagesOf(call, stage)));
    }
    return usages;
  }

  async #usagesOf({ operation, body, answer }: WireCall, stage: Stage): Promise<readonly Usage[]> {
    const input = JSON.parse(body) as Write & {
      readonly TransactItems?: readonly Readonly<Record<string, Write>>[];
      readonly ExpressionAttributeValues?: WireItem;
      readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly WireItem[] }>>;
    };
    const output = JSON.parse(answer) as {
      readonly Item?: WireItem;
      readonly Items?: readonly WireItem[];
      readonly Responses?: Readonly<Record<string, readonly WireItem[]>>;
    };
    const read = (key: WireItem | undefined, item: WireItem | undefined): Usage => {
      const count = readUnits(item ? itemBytes(item) : 0);
      return { stage, what: `${kindOf(keyOf(key))}, read`, unit: "read unit", count };
    };
    switch (operation) {
      case "TransactWriteItems": {
        const writes = (input.TransactItems ?? []).flatMap((item) => Object.values(item));
        const usages: Usage[] = [];
        for (const write of writes) usages.push(await this.#written(write, stage, true));
        return usages;
      }
      case "PutItem":
      case "UpdateItem":
      case "DeleteItem":
        return [await this.#written(input, stage, false)];
      case "GetItem":
        return [read(input.Key, output.Item)];
      // Each key of a batch is charged like a single read.
      case "BatchGetItem": {
        const items = Object.values(output.Responses ?? {}).flat();
        const keys = Object.values(input.RequestItems ?? {}).flatMap(({ Keys }) => Keys);
        return keys.map((key) =>
          read(
            key,
            items.find((item) => keyOf(item) === keyOf(key)),
          ),
        );
      }
      case "Query": {
        const bytes = (output.Items ?? []).reduce((total, item) => total + itemBytes(item), 0);
        const partition = input.ExpressionAttributeValues?.[":pk"]?.S ?? "";
        return [{ stage, what: `${kindOf(partition)}, listed`, unit: "read unit", count: readUnits(bytes) }];
      }
      default:
        throw new Error(`the meter does not know what ${operation} costs: teach it in table-meter.ts`);
    }
  }

  async #written({ Item: item, Key: key }: Write, stage: Stage, isTransaction: boolean): Promise<Usage> {
    const name = keyOf(item ?? key);
    const before = this.#known.get(name);
    const after = item ?? (await this.#read(key ?? {}));
    if (after) this.#known.set(name, after);
    else this.#known.delete(name);
    const bytes = Math.max(before ? itemBytes(before) : 0, after ? itemBytes(after) : 0);
    const count = writeUnits(bytes, isTransaction);
    return { stage, what: `${kindOf(name)}, written`, unit: "write unit", count };
  }
}

const keyOf = (item: WireItem | undefined): string => `${item?.pk?.S ?? ""}|${item?.sk?.S ?? ""}`;

/** Returns the kind of a key: `TASK#k7f...|k7f....#EVENT#000001` is an event, `TIMER#29...|...` a timer. */
export function kindOf(key: string): string {
  if (key.includes("#EVENT#")) return "event";
  const [kind = ""] = key.split("#");
  return kind.toLowerCase();
}
