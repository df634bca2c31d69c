import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { alone } from "./file-lock.ts";
import type { IdentitySource } from "./identity/source.ts";
import { ensurePrivateFolder, readPrivateFile, writePrivateFile } from "./private-file.ts";
import type { NamedCredential, Task } from "./task.ts";
import type { TaskOptions } from "./task-options.ts";

/** A task and one of its credentials, between two runs of `credential-process`. */
export interface KeptTask {
  /** Without what was issued for it: what this command does not hand on is not kept either. */
  readonly task: Omit<Task, "credentials" | "issued">;
  readonly held: NamedCredential;
  /** When the credential was issued to us; epoch milliseconds. */
  readonly issuedAtMs: number;
}

/**
 * The file for one task of one identity: 0600 in a folder that is 0700. Its name is a hash of everything that tells one task from another, so
 * nothing is ever shared across tasks, identities or services.
 */
export class CredentialFile {
  readonly #path: string;
  readonly #folder: string;

  constructor(options: TaskOptions, credential: string | undefined, env: NodeJS.ProcessEnv) {
    const { url, audience, purpose, details, ttlSeconds, mode, identity } = options;
    const key = [url, audience, purpose, details, ttlSeconds ?? null, mode, credential ?? null, whoIs(identity, env)];
    this.#folder = join(cacheFolder(env), "valetkey");
    this.#path = join(this.#folder, `${createHash("sha256").update(JSON.stringify(key)).digest("hex")}.json`);
  }

  /** What is kept, or nothing. */
  read(): KeptTask | undefined {
    const text = readPrivateFile(this.#path);
    try {
      return text === undefined ? undefined : (JSON.parse(text) as KeptTask);
    } catch {
      return undefined;
    }
  }

  write(kept: KeptTask): void {
    writePrivateFile(this.#path, JSON.stringify(kept));
  }

  /** Does the work while no other process does it for the same task: an SDK that starts ten processes at once opens one. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    ensurePrivateFolder(this.#folder);
    return alone(this.#path, work);
  }
}

/** What tells this identity from another one of the same user, without asking for a token. */
function whoIs(source: IdentitySource, env: NodeJS.ProcessEnv): unknown {
  switch (source.kind) {
    case "token":
      return ["token", claimsOf(source.token)];
    case "github":
      return ["github", env.GITHUB_RUN_ID ?? null, env.GITHUB_JOB ?? null];
    case "aws":
      return ["aws", env.AWS_PROFILE ?? null, env.AWS_ROLE_ARN ?? null, env.AWS_ACCESS_KEY_ID ?? null];
    default:
      return source;
  }
}

/** Issuer and subject, unverified: they choose a file and nothing else. What is no JWT stands for itself, hashed with the rest. */
function claimsOf(token: string): unknown {
  try {
    const { iss, sub } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return iss === undefined || sub === undefined ? token : [iss, sub];
  } catch {
    return token;
  }
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (process.platform === "win32") return env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  return process.platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
}
