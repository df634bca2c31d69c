import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { defined } from "../../functions/core/defined.ts";
import { cachedCredentials } from "../credentials/cached-credentials.ts";
import { type Endpoint, openEndpoint, remembering } from "../credentials/credential-endpoint.ts";
import { ClientError } from "../exit-codes.ts";
import { writePrivateFile } from "../files/private-file.ts";
import { readDelegation } from "../identity/find-delegation.ts";
import { identityToken } from "../identity/identity-token.ts";
import { Reporter } from "../reporter.ts";
import type { Signing } from "../sign/open-signing.ts";
import { type DelegationRequest, delegateTask } from "../task/delegate-task.ts";
import type { Detail } from "../task/detail.ts";
import { endTask, type Outcome } from "../task/end-task.ts";
import { recordOf } from "../task/fields.ts";
import type { Task } from "../task/held-task.ts";
import { openUsableTask } from "../task/open-usable-task.ts";
import { callService } from "../task/service.ts";
import type { TaskOptions } from "../task/task-options.ts";
import { type Profiles, writeProfiles } from "./profile.ts";

/** Largest number of live accesses, and of accesses that are being opened, at a time. */
export const MOST = { alive: 8, opening: 4 } as const;

/** Largest number of ended accesses whose names are remembered. */
const ENDED = 100;

/** Live access of one task. */
export interface Access {
  readonly name: string;
  readonly task: Task;
  readonly details: readonly Detail[];
  readonly purpose: string;
  readonly profiles: Profiles;
  readonly endpoint: Endpoint;
  /** Ports of a task whose sessions stay in the hub; undefined for one that has keys of AWS. */
  readonly signing: Signing | undefined;
  /** Secrets of the task so far; no answer may contain one. */
  readonly secrets: Set<string>;
}

/** Delegation for a sub-agent's process, in a private file. */
interface Delegated {
  readonly file: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

type Options = Pick<TaskOptions, "url" | "audience" | "identity" | "delegation" | "signs">;

/** Process of the server. */
interface Server {
  /** Private folder of its profiles. */
  readonly folder: string;
  /** Command line of valetkey: node, and its entry. */
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Tasks of one server, each with its profiles. */
export class Accesses {
  readonly #options: Options;
  readonly #report: Reporter;
  readonly #server: Server;
  readonly #alive = new Map<string, Access>();
  readonly #opening = new Set<Promise<unknown>>();
  /** Names of accesses that have ended, the latest last. */
  readonly #ended = new Set<string>();
  readonly #looking = new Map<string, Promise<string>>();
  #isClosed = false;

  constructor(options: Options, report: Reporter, server: Server) {
    this.#options = options;
    this.#report = report;
    this.#server = server;
  }

  get alive(): readonly Access[] {
    return [...this.#alive.values()];
  }

  /** Reason why no further access can be opened now; undefined where one can. */
  get full(): "busy" | "too_many" | undefined {
    if (this.#opening.size >= MOST.opening || this.#isClosed) return "busy";
    return this.#alive.size + this.#opening.size >= MOST.alive ? "too_many" : undefined;
  }

  find(name: unknown): Access | undefined {
    return typeof name === "string" ? this.#alive.get(name) : undefined;
  }

  /** True for an access that was alive once and has ended. */
  hasEnded(name: unknown): boolean {
    return typeof name === "string" && this.#ended.has(name);
  }

  /** Opens a task and its profiles. Ends the task at once where the request was cancelled, or the server is ending. @throws {ClientError} */
  async open(
    request: Pick<TaskOptions, "purpose" | "details" | "ttlSeconds" | "mode">,
    signal: AbortSignal,
  ): Promise<Access> {
    const opening = this.#open(request, signal);
    this.#opening.add(opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(opening);
    }
  }

  async #open(request: Parameters<Accesses["open"]>[0], signal: AbortSignal): Promise<Access> {
    const { delegation } = this.#options;
    const delegationToken = delegation && readDelegation(delegation);
    const identity = await identityToken(this.#options.identity, this.#options.audience);
    const waiting = { report: this.#report, isInterrupted: () => signal.aborted || this.#isClosed };
    const task = await openUsableTask(
      { ...this.#options, ...request, ...defined({ delegationToken }), waits: false, renews: true, canSign: true },
      identity,
      waiting,
    );
    let endpoint: Endpoint | undefined;
    let signing: Signing | undefined;
    try {
      signal.throwIfAborted();
      const { folder, command, env } = this.#server;
      const { url } = this.#options;
      const secrets = new Set([task.token, identity, ...(delegationToken ? [delegationToken] : [])]);
      if (task.signed) signing = await (await import("../sign/open-signing.ts")).openTaskSigning(url, task, env);
      const sources = [...cachedCredentials(url, task, this.#report), ...(signing?.sources ?? [])];
      endpoint = await openEndpoint(new Map(sources.map(([name, source]) => [name, remembering(source, secrets)])));
      secrets.add(endpoint.token);
      const name = `valetkey-${randomBytes(4).toString("hex")}`;
      const sessions = [...task.credentials, ...(task.signed ?? [])];
      const profiles = writeProfiles({ folder, access: name, sessions, endpoint, command, ports: signing?.variables });
      const { details, purpose } = request;
      const access = { name, task, details, purpose, profiles, endpoint, signing, secrets };
      this.#alive.set(name, access);
      if (this.#isClosed) await this.end(access, { outcome: "failure", detail: "the server ended" });
      return access;
    } catch (error) {
      await Promise.all([endpoint?.close(), signing?.close()]);
      await endTask(this.#options.url, task, { outcome: "failure", detail: "the request was cancelled" }, this.#report);
      throw error;
    }
  }

  /** Hands on a part of an access to a sub-agent. Writes the delegation to a private file, which is removed with the access. @throws {ClientError} */
  async delegate(access: Access, request: DelegationRequest): Promise<Delegated> {
    const delegation = await delegateTask(this.#options.url, access.task, request);
    access.secrets.add(delegation.text());
    const file = join(dirname(access.profiles.configFile), `delegation-${randomBytes(4).toString("hex")}`);
    if (!this.#alive.has(access.name)) throw new ClientError("refused", "access_ended", "The access has ended.");
    writePrivateFile(file, `${delegation.text()}\n`);
    const expiresAt = delegation.expiresAt.toISOString();
    this.#report.note("delegated", `access ${access.name} delegated to ${request.agent} until ${expiresAt}`, {
      task: access.task.id,
      agent: request.agent,
      expires_at: expiresAt,
    });
    return { file, expiresAt };
  }

  /** Ends an access: its profiles, endpoint and ports at once, then its task. @returns false for a task that could not be ended, and lives to its deadline. */
  async end(access: Access, outcome: Outcome): Promise<boolean> {
    await this.#forget(access);
    let isEnded = true;
    const write = (line: string) => {
      if (recordOf(JSON.parse(line)).event === "task_not_ended") isEnded = false;
    };
    await endTask(this.#options.url, access.task, outcome, new Reporter({ json: true, quiet: false, write }));
    this.#report.note("access_ended", `access ${access.name} ended (task ${access.task.id})`, { task: access.task.id });
    return isEnded;
  }

  /** Returns the status of an access, and drops one that was ended elsewhere. Concurrent calls for one access share one request to the hub. */
  statusOf(access: Access): Promise<string> {
    const known = this.#looking.get(access.name);
    if (known) return known;
    const looking = this.#look(access).finally(() => this.#looking.delete(access.name));
    this.#looking.set(access.name, looking);
    return looking;
  }

  async #look(access: Access): Promise<string> {
    const { id, token } = access.task;
    const answer = await callService({
      url: `${this.#options.url}/v1/tasks/${id}`,
      method: "GET",
      timeoutMs: 5_000,
      bearer: token,
    });
    if (!answer || answer.status >= 500) return "unknown";
    const status = answer.status === 200 ? String(answer.body.status) : "ended";
    if (status !== "active") await this.#forget(access);
    return status;
  }

  /** Ends all accesses. An access that is being opened ends as soon as it is open. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#opening);
    await Promise.all(
      this.alive.map((access) => this.end(access, { outcome: "success", detail: "the MCP server ended" })),
    );
  }

  async #forget(access: Access): Promise<void> {
    this.#alive.delete(access.name);
    this.#ended.add(access.name);
    if (this.#ended.size > ENDED) this.#ended.delete([...this.#ended][0] ?? "");
    access.profiles.remove();
    await Promise.all([access.endpoint.close(), access.signing?.close()]);
  }
}
