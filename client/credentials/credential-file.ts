import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { alone } from "../files/file-lock.ts";
import { ensurePrivateFolder, readPrivateFile, writePrivateFile } from "../files/private-file.ts";
import { userFolder, variableOfFolder } from "../files/user-folder.ts";
import type { IdentitySource } from "../identity/source.ts";
import { type StoredTask, storedTaskOf } from "../task/stored-task.ts";
import type { TaskOptions } from "../task/task-options.ts";

/**
 * File with one task of one identity: 0600 in a folder of 0700. The file's name is a hash of everything that distinguishes tasks, so tasks,
 * identities and services never share a file.
 */
export class CredentialFile {
  readonly #path: string;
  readonly #folder: string;

  constructor(options: TaskOptions, credential: string | undefined, env: NodeJS.ProcessEnv) {
    const { url, audience, purpose, details, ttlSeconds, mode, identity } = options;
    const key = [url, audience, purpose, details, ttlSeconds ?? null, mode, credential ?? null, whoIs(identity, env)];
    this.#folder = join(userFolder("cache", env), "valetkey");
    this.#path = join(this.#folder, `${createHash("sha256").update(JSON.stringify(key)).digest("hex")}.json`);
  }

  /** Reads the stored task; undefined for a missing file, one of another form, or one from the future. */
  read(): StoredTask | undefined {
    const text = readPrivateFile(this.#path);
    try {
      return text === undefined ? undefined : storedTaskOf(JSON.parse(text), Date.now());
    } catch {
      return undefined;
    }
  }

  write(task: StoredTask): void {
    writePrivateFile(this.#path, JSON.stringify(task));
  }

  /** Runs the work under a lock per task, so that ten processes of an SDK at once open one task. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    ensurePrivateFolder(this.#folder, variableOfFolder("cache"));
    return alone(this.#path, work);
  }
}

/** Returns facts that distinguish an identity from others of the same user, without fetching a token. */
function whoIs(source: IdentitySource, env: NodeJS.ProcessEnv): unknown {
  switch (source.kind) {
    case "token":
      return ["token", claimsOf(source.token)];
    case "file":
      // Another identity's token may later be at the same path.
      return ["file", source.path, claimsIn(source.path)];
    case "github":
      return ["github", env.GITHUB_RUN_ID ?? null, env.GITHUB_JOB ?? null];
    case "aws":
      return ["aws", env.AWS_PROFILE ?? null, env.AWS_ROLE_ARN ?? null, env.AWS_ACCESS_KEY_ID ?? null];
    default:
      return source;
  }
}

function claimsIn(path: string): unknown {
  try {
    return claimsOf(readFileSync(path, "utf8").trim());
  } catch {
    // The caller that fetches the token reports that it cannot be read.
    return null;
  }
}

/** Returns the token's issuer and subject, or the text itself where it is no JWT. Unverified, since the values only choose a file and are hashed. */
function claimsOf(token: string): unknown {
  try {
    const { iss, sub } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return iss === undefined || sub === undefined ? token : [iss, sub];
  } catch {
    return token;
  }
}
