import { randomBytes } from "node:crypto";
import { linkSync, lstatSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { isAgentId } from "../../contract/agent-id.ts";
import { ClientError, type Denial, EXIT_CODES, type ExitReason } from "../exit-codes.ts";
import { ownCommand } from "../own-command.ts";
import type { Reporter } from "../reporter.ts";
import { shellDashes, shellWord } from "../shell-quoting.ts";
import { isDelegationToken } from "../task/delegation.ts";
import { type Answer, callService } from "../task/service.ts";
import { intentIn } from "../task/task-options.ts";
import { optionError } from "../unknown-option.ts";

/** Longest wait for `valetkey exec`, which tries the service three times; milliseconds. */
const TIMEOUT_MS = 40_000;

const OPTIONS = {
  to: { type: "string" },
  out: { type: "string" },
  account: { type: "string" },
  allow: { type: "string", multiple: true },
  tool: { type: "string", multiple: true },
  intent: { type: "string" },
  ttl: { type: "string" },
  json: { type: "boolean" },
  quiet: { type: "boolean" },
} as const;

/**
 * Hands on a part of the surrounding task to a sub-agent: gets a delegation from `valetkey exec`, and writes it to a new private file. Prints no token:
 * the output of an agent's commands is in its model's context and in its logs.
 */
export async function delegate(argv: readonly string[], env: NodeJS.ProcessEnv, report: Reporter): Promise<number> {
  const flags = parsed(argv);
  const agent = flags.to ?? missing("--to", "the registered id of the sub-agent");
  if (!isAgentId(agent)) throw usage("--to takes the registered id of the sub-agent: --to helper");
  const file = resolve(flags.out ?? missing("--out", "the new file for the delegation"));
  const { details: intent, ttlSeconds } = intentIn(flags, env);
  const { url, token } = endpointIn(env);
  const place = new NewFile(file);
  try {
    const call = { url, method: "POST", timeoutMs: TIMEOUT_MS, authorization: token } as const;
    const answer = await report.patiently("delegating", callService({ ...call, json: { agent, intent, ttlSeconds } }));
    const { delegation, expires_at: until } = answer?.status === 200 ? answer.body : refused(answer);
    if (!isDelegationToken(delegation)) throw over();
    place.write(`${delegation}\n`);
    report.note(
      "delegated",
      `${agent} can open one task with ${file}, until ${until}: ${ownCommand()} exec --delegation-file ${shellWord(file)} --purpose ... --allow ... ${shellDashes()} ...`,
      { agent, file, expires_at: until },
    );
    return 0;
  } finally {
    place.release();
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw optionError(error, Object.keys(OPTIONS), "delegate");
  }
}

/** Reads the endpoint from the variables that `valetkey exec --delegate-to` sets. @throws {ClientError} usage */
function endpointIn({
  VALETKEY_DELEGATIONS_URL: url,
  VALETKEY_DELEGATIONS_TOKEN: token,
  VALETKEY_TASK: task,
}: NodeJS.ProcessEnv) {
  if (url && token && /^http:\/\/127\.0\.0\.1:\d+\/$/.test(url)) return { url, token };
  throw new ClientError(
    "usage",
    "no_delegations",
    task
      ? `this command may delegate to nobody: whoever starts \`valetkey exec\` names the sub-agents there, with --delegate-to`
      : `delegate works inside a task: start the agent under ${ownCommand()} exec --delegate-to helper ... -- ...`,
  );
}

/**
 * New private file, which appears whole: a sub-agent may wait for it. Never overwrites a file and never follows a link, since the path may be in a folder
 * that others can write to.
 */
class NewFile {
  readonly #path: string;
  readonly #beside: string;

  /** Makes sure that the file can be created, before a delegation is requested for it. @throws {ClientError} usage */
  constructor(path: string) {
    this.#path = path;
    this.#beside = `${path}.${randomBytes(8).toString("hex")}`;
    if (lstatSync(path, { throwIfNoEntry: false })) throw cannotCreate(path, "EEXIST");
    this.#trying(() => writeFileSync(this.#beside, "", { mode: 0o600, flag: "wx" }));
  }

  /** @throws {ClientError} usage */
  write(text: string): void {
    this.#trying(() => {
      writeFileSync(this.#beside, text);
      // A hard link fails where the path exists, which a renaming would replace.
      linkSync(this.#beside, this.#path);
    });
  }

  release(): void {
    rmSync(this.#beside, { force: true });
  }

  #trying(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw cannotCreate(this.#path, (error as NodeJS.ErrnoException).code ?? "unknown");
    }
  }
}

const cannotCreate = (path: string, code: string): ClientError =>
  usage(
    code === "EEXIST"
      ? `${path} exists: give --out a new file`
      : `${path} cannot be created (${code}): give --out a new file in a folder of your own`,
  );

/** Translates a refusal of `valetkey exec`. @throws {ClientError} always. */
function refused(answer: Answer | undefined): never {
  const { Code, Message, reason, denials } = answer?.body ?? {};
  if (typeof Code !== "string" || typeof Message !== "string") throw over();
  const isReason = typeof reason === "string" && Object.hasOwn(EXIT_CODES, reason);
  throw new ClientError(isReason ? (reason as ExitReason) : "refused", Code, Message, {
    denials: Array.isArray(denials) ? (denials as readonly Denial[]) : [],
  });
}

const over = (): ClientError =>
  new ClientError(
    "unavailable",
    "unreachable",
    `\`valetkey exec\`, which runs this command, cannot be reached: the task is over`,
  );

function missing(option: string, takes: string): never {
  throw usage(`${option} is required: ${takes}; ${ownCommand()} delegate --help shows an example`);
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
