import type { Reporter } from "../reporter.ts";
import { OperatorApi } from "./operator-api.ts";
import type { OperatorOptions } from "./operator-options.ts";
import { operatorToken } from "./operator-token.ts";
import { loadPrinter, type Print } from "./print.ts";

/** Operator of a command: the API with their token, and the output. */
export interface Operator {
  readonly api: OperatorApi;
  readonly print: Print;
}

/** Connects an operator to the API. @throws {ClientError} identity where there is no operator's token. */
export async function operatorOf(options: OperatorOptions<never>, env: NodeJS.ProcessEnv): Promise<Operator> {
  return {
    api: new OperatorApi(options.url, await operatorToken(options, env)),
    print: await loadPrinter(options),
  };
}

/** Command for operators; returns the exit code. */
export type OperatorCommand = (argv: readonly string[], env: NodeJS.ProcessEnv, report: Reporter) => Promise<number>;
