import { isAgentId } from "../../contract/agent-id.ts";
import { LIMITS, TASK_SECONDS } from "../../contract/limits.ts";
import { ClientError } from "../exit-codes.ts";
import type { IdentitySource } from "../identity/source.ts";
import { nearest } from "../nearest.ts";
import type { DelegationRequest } from "./delegate-task.ts";
import { delegationTokenOf } from "./delegation.ts";
import type { TaskRequest } from "./task-request.ts";

/** Check of one argument, and the sentence about what the argument takes. */
interface Argument {
  readonly isRequired?: true;
  /** Names the fault of a value that does not fit; undefined where nothing nearer is known. */
  readonly fault?: (value: unknown) => string | undefined;
  readonly fits: (value: unknown) => boolean;
  readonly takes: string;
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isFunction = (value: unknown): boolean => typeof value === "function";

const ttlSeconds: Argument = {
  fits: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= TASK_SECONDS.most,
  takes: `a whole number of seconds, ${TASK_SECONDS.most} at most, such as 900`,
};

const intent: Argument = {
  isRequired: true,
  fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isDetail),
  fault: (value) => {
    const index = Array.isArray(value) ? value.findIndex((each) => !isDetail(each)) : -1;
    return index < 0 ? undefined : `intent[${index}] has no type, such as "aws"`;
  },
  takes:
    'a list of details, such as [{ type: "aws", account: "111122223333", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/*"] }]',
};

/** Arguments of `withTask`. A caller in plain JavaScript, or one whose model writes the call, has no types. */
const OF_TASK: { readonly [Name in keyof Required<TaskRequest>]: Argument } = {
  purpose: {
    isRequired: true,
    fits: (value) => typeof value === "string" && value.trim() !== "" && [...value].length <= LIMITS.purposeCharacters,
    takes: `1 to ${LIMITS.purposeCharacters} characters that say what the task is for, such as "weekly report"`,
  },
  intent,
  url: { fits: isText, takes: "the address of valetkey, as a text" },
  audience: { fits: isText, takes: "the audience of the identity token, as a text" },
  ttlSeconds,
  mode: { fits: (value) => value === "all" || value === "narrow", takes: '"all" or "narrow"' },
  standing: { fits: isText, takes: 'uses and days as a text, such as "5/7d"' },
  deliver: { fits: (value) => value === "sign", takes: '"sign"; leave it out for keys of AWS' },
  identity: {
    fits: (value) => isText(value) || isFunction(value) || isSource(value),
    takes:
      'the agent\'s OIDC token, a function that returns it for an audience, or a source such as { kind: "file", path: "/run/token" }',
  },
  delegation: {
    fits: (value) => delegationTokenOf(value) !== undefined,
    takes: "what the parent's task.delegate returned, or its text(); leave it out for a task of the agent's own",
  },
  onPending: { fits: isFunction, takes: "a function" },
  signal: { fits: (value) => value instanceof AbortSignal, takes: "an AbortSignal" },
  onEvent: { fits: isFunction, takes: "a function" },
};

/** Arguments of `task.delegate`. */
const OF_DELEGATION: { readonly [Name in keyof Required<DelegationRequest>]: Argument } = {
  agent: {
    isRequired: true,
    fits: isAgentId,
    takes: 'the registered id of the sub-agent, such as "helper"',
  },
  intent,
  ttlSeconds,
};

/** Texts that each kind of source needs. */
const OF_SOURCE: { readonly [Kind in Exclude<IdentitySource["kind"], "function">]: readonly string[] } = {
  token: ["token"],
  file: ["path"],
  url: ["url"],
  command: ["line"],
  github: ["url", "bearer"],
  spiffe: ["socket"],
  aws: [],
};

function isSource(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  const { kind, ...fields } = value as Readonly<Record<string, unknown>>;
  if (kind === "function") return isFunction(fields.token);
  const [, needed] = Object.entries(OF_SOURCE).find(([name]) => name === kind) ?? [];
  return needed?.every((name) => isText(fields[name])) ?? false;
}

function isDetail(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && isText(value.type);
}

/**
 * Checks the arguments of `withTask`, before anything is sent: the signed log would have a missing purpose for good.
 * @throws {ClientError} usage, for the first argument that is missing, unknown, or of another form.
 */
export function checkRequest(request: unknown): void {
  if (typeof request !== "object" || request === null) throw usage("withTask takes an object with purpose and intent");
  // An empty variable must not turn a sub-agent's task into one of its own, with more rights.
  if ("delegation" in request && request.delegation === undefined)
    throw usage(`delegation is undefined: it takes ${OF_TASK.delegation.takes}`);
  check("withTask", OF_TASK, request);
}

/** Checks the arguments of `task.delegate`, before anything is sent. @throws {ClientError} usage */
export function checkDelegation(agent: unknown, intent: unknown, options: unknown): void {
  if (typeof options !== "object" || options === null)
    throw usage("delegate takes an object as its third argument, such as { ttlSeconds: 300 }");
  check("delegate", OF_DELEGATION, { ...options, agent, intent });
}

function check(called: string, table: Readonly<Record<string, Argument>>, request: object): void {
  const given = new Map<string, unknown>(Object.entries(request).filter(([, value]) => value !== undefined));
  const names = Object.keys(table);
  for (const name of given.keys()) {
    if (names.includes(name)) continue;
    const close = nearest(name, names);
    throw usage(
      `${called} takes no ${JSON.stringify(name.slice(0, 40))}${close === undefined ? "." : `; did you mean ${close}?`} It takes ${names.join(", ")}`,
    );
  }
  for (const [name, { isRequired, fits, fault, takes }] of Object.entries(table)) {
    if (!given.has(name) && isRequired) throw usage(`${name} is missing: it takes ${takes}`);
    const value = given.get(name);
    if (!given.has(name) || fits(value)) continue;
    const found = fault?.(value);
    throw usage(`${found === undefined ? "" : `${found}: `}${name} takes ${takes}`);
  }
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
