import { defined } from "../../functions/core/defined.ts";
import { ClientError } from "../exit-codes.ts";
import { ownCommand } from "../own-command.ts";
import type { Detail } from "../task/detail.ts";
import { parseIntent } from "../task/task-options.ts";

export interface NarrowOptions {
  readonly details: readonly Detail[];
  readonly account: string;
  readonly ttlSeconds: number | undefined;
  readonly command: string;
  readonly args: readonly string[];
}

/** Longest policy; characters. Source: GetScopedCredentials, AWS STS API reference. */
const POLICY_CHARACTERS = 2_048;

/** Parses the command line of `exec --narrow`: an intent and a command, without identity or service. @throws {ClientError} usage */
export function parseNarrow(argv: readonly string[], env: NodeJS.ProcessEnv): NarrowOptions {
  const split = argv.indexOf("--");
  const [command, ...args] = split < 0 ? [] : argv.slice(split + 1);
  const { details, ttlSeconds } = parseIntent("exec", split < 0 ? argv : argv.slice(0, split), env);
  if (!command)
    throw usage(`name the command to run behind two dashes: ${ownCommand()} exec --narrow ... -- aws s3 ls`);
  const accounts = new Set(details.map((detail) => (detail.type === "aws" ? String(detail.account) : undefined)));
  const [account] = accounts;
  if (account === undefined || accounts.size > 1)
    throw usage("--narrow takes AWS actions of one account: it narrows one session");
  return { details, account, ttlSeconds, command, args };
}

/** Makes the scope-down policy, which can only remove rights. @throws {ClientError} usage where the policy is too long, or has a policy variable. */
export function policyOf(details: readonly Detail[]): string {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: details.map(({ actions, resources, conditions }) => ({
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...defined({ Condition: conditions }),
    })),
  });
  // Refuses policy variables, which AWS would replace: a user who writes an ARN does not expect that.
  if (text.includes("${")) throw usage("--narrow takes no policy variables (${...})");
  if (text.length > POLICY_CHARACTERS)
    throw usage(
      `the narrower policy has ${text.length} characters, and AWS takes ${POLICY_CHARACTERS}; name fewer actions or resources`,
    );
  return text;
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
