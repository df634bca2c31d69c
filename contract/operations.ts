import * as accounts from "./accounts.ts";
import type { AnswerOf, BodyOf, Operation, ParametersOf, Read } from "./operation.ts";
import * as panic from "./panic.ts";

/** Operations of every noun. The stack, the local server, the document and the tables of docs use this list. */
export const OPERATIONS = [
  accounts.listAccounts,
  accounts.haltAccount,
  accounts.liftAccount,
  panic.declarePanic,
  panic.liftPanic,
  panic.readPanic,
] as const satisfies readonly Operation[];

type Each = (typeof OPERATIONS)[number];

/** Operations by their routes: `"POST /v1/accounts/{account}/halt"`. */
type ByRoute = { [O in Each as `${O["method"]} ${O["path"]}`]: O };

/** Route of an operation. */
export type OperationKey = keyof ByRoute;

/** Call of an operation, as a caller writes it: the values of the path, and the body where there is one. */
export type CallOf<K extends OperationKey> = (ParametersOf<ByRoute[K]> extends Readonly<Record<string, never>>
  ? unknown
  : { readonly parameters: ParametersOf<ByRoute[K]> }) &
  (BodyOf<ByRoute[K]> extends infer B ? ([B] extends [undefined] ? unknown : { readonly body: B }) : never);

/** Answer of an operation, as a reader takes it. */
export type ReadAnswer<K extends OperationKey> = Read<AnswerOf<ByRoute[K]>>;
