import { tokenForm } from "../../contract/names.ts";
import type { Detail } from "./detail.ts";

/** Form of a delegation token. Scanners of secrets know it by its beginning. */
const TOKEN = tokenForm("vkd");

/** True for a text in the form of a delegation token. */
export const isDelegationToken = (text: unknown): text is string => typeof text === "string" && TOKEN.test(text);

/**
 * Delegation to one sub-agent, which can open one task with it, below the task that delegated. Ends with that task. Logs and JSON show everything
 * but the token, which `text()` alone returns.
 */
export class Delegation {
  /** Registered id of the sub-agent. Nobody else can use the delegation. */
  readonly agent: string;
  /** End of the delegation, and of the task that is opened with it, at the latest; by this machine's clock. */
  readonly expiresAt: Date;
  /** Upper bound on what the sub-agent may request. */
  readonly intent: readonly Detail[];
  readonly #token: string;

  constructor(token: string, agent: string, expiresAt: Date, intent: readonly Detail[]) {
    this.#token = token;
    this.agent = agent;
    this.expiresAt = expiresAt;
    this.intent = intent;
  }

  /** Returns the delegation as a text for the sub-agent's process: a secret, for a private file, a variable or an encrypted channel. */
  text(): string {
    return this.#token;
  }
}

/** Returns the token of a delegation, or of its text; undefined for any other value. Ignores white space around a text, which files have. */
export function delegationTokenOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : value instanceof Delegation ? value.text() : undefined;
  return isDelegationToken(text) ? text : undefined;
}
