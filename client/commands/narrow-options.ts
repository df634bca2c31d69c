import { ClientError } from "../exit-codes.ts";
import type { Detail } from "../task/intent.ts";
import { parseIntent } from "../task/task-options.ts";

export interface NarrowOptions {
  readonly details: readonly Detail[];
  readonly account: string;
  readonly ttlSeconds: number | undefined;
  readonly command: string;
  readonly args: readonly string[];
}

/** What STS takes; source: STS API, GetScopedCredentials. */
const POLICY_CHARACTERS = 2_048;

/** What `exec --narrow` was asked to do: an intent and a command, no identity and no service. @throws {ClientError} usage */
export function parseNarrow(argv: readonly string[], env: NodeJS.ProcessEnv): NarrowOptions {
  const split = argv.indexOf("--");
  const [command, ...args] = split < 0 ? [] : argv.slice(split + 1);
  const { details, ttlSeconds } = parseIntent("exec", split < 0 ? argv : argv.slice(0, split), env);
  if (!command) throw usage("name the command to run behind two dashes: valetkey exec --narrow ... -- aws s3 ls");
  const accounts = new Set(details.map((detail) => (detail.type === "aws" ? String(detail.account) : undefined)));
  const [account] = accounts;
  if (account === undefined || accounts.size > 1)
    throw usage("--narrow takes AWS actions of one account: it narrows one session");
  return { details, account, ttlSeconds, command, args };
}

/** The scope-down policy: it can only take away, whatever stands in it. @throws {ClientError} usage where it does not fit. */
export function policyOf(details: readonly Detail[]): string {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: details.map(({ actions, resources, conditions }) => ({
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...(conditions === undefined ? {} : { Condition: conditions }),
    })),
  });
  // A policy variable would be filled in by AWS, and is never what somebody means who writes an ARN.
  if (text.includes("${")) throw usage("--narrow takes no policy variables (${...})");
  if (text.length > POLICY_CHARACTERS)
    throw usage(`the narrower policy has ${text.length} characters of ${POLICY_CHARACTERS}; name less`);
  return text;
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
