import { placeOf } from "../deployments/address-of.ts";
import type { Reporter } from "../reporter.ts";
import { OperatorApi } from "./operator-api.ts";
import type { OperatorOptions } from "./operator-options.ts";
import { loadPrinter, type Print } from "./print/print.ts";
import { operatorToken } from "./sign-in/operator-token.ts";

/** Operator of a command: the API with their token, and the output. */
export interface Operator {
  readonly api: OperatorApi;
  readonly print: Print;
}

/**
 * Connects an operator to the API.
 * @param report gets a note with the deployment's name before the first act, so that an operator of several sees which one it is.
 * @throws {ClientError} identity where there is no operator's token.
 */
export async function operatorOf(
  options: OperatorOptions<never>,
  env: NodeJS.ProcessEnv,
  report?: Reporter,
): Promise<Operator> {
  const place = placeOf(options.url, env);
  const notePlace = () => report?.note("deployment", `on ${place}`, { deployment: place });
  return {
    api: new OperatorApi(options.url, await operatorToken(options, env), notePlace),
    print: await loadPrinter(options),
  };
}

/** Command for operators; returns the exit code. */
export type OperatorCommand = (argv: readonly string[], env: NodeJS.ProcessEnv, report: Reporter) => Promise<number>;
