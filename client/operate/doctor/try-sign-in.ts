import { createInterface } from "node:readline";
import type { Finding } from "../../doctor/finding.ts";
import { ClientError } from "../../exit-codes.ts";
import { checkoutOf } from "../../files/checkout.ts";
import type { OperatorOptions } from "../operator-options.ts";
import { operatorToken } from "../sign-in/operator-token.ts";
import { prepareTrial } from "./inspect-deployment.ts";

/**
 * Has the operator try the sign-in of approvers on the console's page, and checks the text of that page, pasted or piped. This command never signs in
 * itself, since another program on the machine could use such a sign-in.
 * @throws {ClientError} usage where `valetkey.json` or the text cannot be used.
 */
export async function trySignIn(
  issuer: string,
  options: OperatorOptions<"config">,
  env: NodeJS.ProcessEnv,
): Promise<readonly Finding[]> {
  const trial = await prepareTrial(checkoutOf(options.option, env).config, issuer, env);
  process.stderr.write(`Open this page, sign in there, and paste here the text that it shows:\n\n  ${trial.page}\n\n`);
  const text = await read(trial.isWhole);
  // Without an operator's token, skips one comparison. Its finding then explains how to get a token.
  const other = options.url === "" ? undefined : await operatorToken(options, env).catch(() => undefined);
  try {
    return await trial.judge(text, other);
  } catch (error) {
    throw new ClientError("usage", "no_trial", error instanceof Error ? error.message : "the text cannot be read");
  }
}

/** Longest text; characters. */
const TEXT_CHARACTERS = 65_536;

/** Reads lines until the text is whole, or the input ends. */
async function read(isWhole: (text: string) => boolean): Promise<string> {
  const lines = createInterface({ input: process.stdin, terminal: false });
  let text = "";
  for await (const line of lines) {
    text += line.trim();
    if (isWhole(text) || text.length > TEXT_CHARACTERS) break;
  }
  lines.close();
  process.stdin.pause();
  return text;
}
