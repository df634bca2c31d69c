import type { RefusalCode } from "../../functions/core/refusal.ts";
import type { Operation } from "../operation.ts";
import { type Arrange, answerTo, type Call } from "./call.ts";
import { exampleWorld } from "./example-world.ts";
import { withPlaceholders } from "./placeholders.ts";

/** A call and what the handler answered, fit to be published. */
export interface Recorded {
  readonly call: Call;
  readonly status: number;
  /** Nothing where the body is empty. */
  readonly body: unknown;
}

export interface RecordedOperation {
  readonly accepted: Readonly<Record<string, Recorded>>;
  readonly refused: ReadonlyMap<RefusalCode, Recorded>;
}

/**
 * Each call of the operation, made in a world of its own.
 * @throws {Error} where a handler answers otherwise than the operation says: an example that is not true must not be published.
 */
export async function recordOperation({ accepted, refused, answer }: Operation): Promise<RecordedOperation> {
  const yes: [string, Recorded][] = [];
  for (const [name, { arrange }] of Object.entries(accepted)) {
    const recorded = await record(arrange);
    if (recorded.status !== answer.status) throw unexpected(name, recorded);
    yes.push([name, recorded]);
  }
  const no = new Map<RefusalCode, Recorded>();
  for (const [code, arrange] of Object.entries(refused) as [RefusalCode, Arrange][]) {
    const recorded = await record(arrange);
    if ((recorded.body as { readonly code?: unknown } | undefined)?.code !== code) throw unexpected(code, recorded);
    no.set(code, recorded);
  }
  return { accepted: Object.fromEntries(yes), refused: no };
}

/** One call, made in a world of its own. */
export async function record(arrange: Arrange): Promise<Recorded> {
  const world = exampleWorld();
  const call = await arrange(world);
  const { statusCode, body } = await answerTo(call, world);
  return {
    call: withPlaceholders(call) as Call,
    status: statusCode,
    body: body === "" ? undefined : withPlaceholders(JSON.parse(body)),
  };
}

const unexpected = (name: string, { call, status, body }: Recorded): Error =>
  new Error(`${call.route}, example ${name}: the handler answered ${status} ${JSON.stringify(body)}`);
