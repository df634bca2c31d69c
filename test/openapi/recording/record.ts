import type { RefusalCode } from "../../../contract/refusals.ts";
import type { Operation } from "../operation.ts";
import { type Arrange, answerTo, type Call } from "./call.ts";
import { exampleWorld } from "./example-world.ts";
import { withPlaceholders } from "./placeholders.ts";

/** Call with the handler's answer, ready for publication. */
export interface Recorded {
  readonly call: Call;
  readonly status: number;
  /** Body of the answer; undefined where it is empty. */
  readonly body: unknown;
}

export interface RecordedOperation {
  readonly accepted: Readonly<Record<string, Recorded>>;
  readonly refused: ReadonlyMap<RefusalCode, Recorded>;
}

/**
 * Makes each call of the operation in a new world and records the answers.
 * @throws {Error} where an answer differs from the operation's documentation: wrong examples are not published.
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

/** Makes one call in a new world and records the answer. */
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
