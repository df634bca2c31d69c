import { ClientError } from "../exit-codes.ts";
import { nearest } from "../nearest.ts";
import type { TaskRequest } from "./task-request.ts";

/** Largest lifetime of a task; seconds. */
const LONGEST_SECONDS = 43_200;

/** Check of one argument, and the sentence about what the argument takes. */
interface Argument {
  readonly isRequired?: true;
  readonly fits: (value: unknown) => boolean;
  readonly takes: string;
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isFunction = (value: unknown): boolean => typeof value === "function";

/** Arguments of `withTask`. A caller in plain JavaScript, or one whose model writes the call, has no types. */
const ARGUMENTS: { readonly [Name in keyof Required<TaskRequest>]: Argument } = {
  purpose: {
    isRequired: true,
    fits: (value) => typeof value === "string" && value.trim() !== "" && [...value].length <= 256,
    takes: '1 to 256 characters that say what the task is for, such as "weekly report"',
  },
  intent: {
    isRequired: true,
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isDetail),
    takes:
      'a list of details, such as [{ type: "aws", account: "111122223333", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/*"] }]',
  },
  url: { fits: isText, takes: "the address of valetkey, as a text" },
  audience: { fits: isText, takes: "the audience of the identity token, as a text" },
  ttlSeconds: {
    fits: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= LONGEST_SECONDS,
    takes: `a whole number of seconds, ${LONGEST_SECONDS} at most, such as 900`,
  },
  mode: { fits: (value) => value === "all" || value === "narrow", takes: '"all" or "narrow"' },
  standing: { fits: isText, takes: 'uses and days as a text, such as "5/7d"' },
  identity: {
    fits: (value) => typeof value === "object" && value !== null,
    takes: "the source of the agent's OIDC token, as an object",
  },
  onPending: { fits: isFunction, takes: "a function" },
  onEvent: { fits: isFunction, takes: "a function" },
};

function isDetail(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && isText(value.type);
}

/**
 * Checks the arguments of `withTask`, before anything is sent: the signed log would have a missing purpose for good.
 * @throws {ClientError} usage, for the first argument that is missing, unknown, or of another form.
 */
export function checkRequest(request: unknown): void {
  if (typeof request !== "object" || request === null) throw usage("withTask takes an object with purpose and intent");
  const given = new Map<string, unknown>(Object.entries(request).filter(([, value]) => value !== undefined));
  const names = Object.keys(ARGUMENTS);
  for (const name of given.keys()) {
    if (names.includes(name)) continue;
    const close = nearest(name, names);
    throw usage(
      `withTask takes no ${JSON.stringify(name.slice(0, 40))}${close === undefined ? "." : `; did you mean ${close}?`} It takes ${names.join(", ")}`,
    );
  }
  for (const [name, { isRequired, fits, takes }] of Object.entries(ARGUMENTS)) {
    if (!given.has(name) && isRequired) throw usage(`${name} is missing: it takes ${takes}`);
    if (given.has(name) && !fits(given.get(name))) throw usage(`${name} takes ${takes}`);
  }
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
