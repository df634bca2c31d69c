import type { Reporter } from "../reporter.ts";
import { OperatorApi } from "./operator-api.ts";
import type { OperatorOptions } from "./operator-options.ts";
import { operatorToken } from "./operator-token.ts";

/** An operator at work: the API with their token, and where their answers go. */
export interface Operator {
  readonly api: OperatorApi;
  /** JSON for machines, the text for people; on stdout. */
  readonly print: (json: unknown, text: () => string) => void;
}

/** @throws {ClientError} identity where there is no operator's token. */
export async function operatorOf(options: OperatorOptions<never>, env: NodeJS.ProcessEnv): Promise<Operator> {
  return {
    api: new OperatorApi(options.url, await operatorToken(options, env)),
    print: (json, text) => void process.stdout.write(options.isJson ? `${JSON.stringify(json)}\n` : text()),
  };
}

/** What every operator's command is. */
export type OperatorCommand = (argv: readonly string[], env: NodeJS.ProcessEnv, report: Reporter) => Promise<number>;
