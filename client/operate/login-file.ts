import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { alone } from "../file-lock.ts";

/** What a login left: the token for valetkey's operators, and what a fresh one is asked with. */
export interface Login {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  readonly refreshToken?: string;
  readonly issuer: string;
  readonly clientId: string;
  /** What the token must be for: the service's word. */
  readonly audience: string;
  /** RFC 8707: what the issuer was told that it is for. */
  readonly resource?: string;
}

/** Logins by the service's address, in one file of the user's own: 0600, in the OS's folder for configuration. */
export class LoginFile {
  readonly path: string;
  readonly #folder: string;

  constructor(env: NodeJS.ProcessEnv) {
    this.#folder = join(configFolder(env), "valetkey");
    this.path = join(this.#folder, "logins.json");
  }

  read(url: string): Login | undefined {
    return this.#all()[url];
  }

  /** What is kept from now on, made of what is kept now, while no other process does the same; nothing where there is nothing to keep. */
  change(url: string, next: (kept: Login | undefined) => Promise<Login | undefined>): Promise<Login | undefined> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    return alone(this.path, async () => {
      const kept = this.read(url);
      const login = await next(kept);
      if (login !== kept) this.#write({ ...this.#all(), [url]: login });
      return login;
    });
  }

  /** In one step: a reader sees the old or the new. */
  #write(logins: Readonly<Record<string, Login | undefined>>): void {
    const beside = `${this.path}.${process.pid}`;
    rmSync(beside, { force: true });
    writeFileSync(beside, JSON.stringify(logins), { mode: 0o600, flag: "wx" });
    renameSync(beside, this.path);
  }

  /** A file that somebody else could read or write holds no login. */
  #all(): Readonly<Record<string, Login>> {
    try {
      const { mode, uid } = statSync(this.path);
      if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o077) !== 0)) return {};
      return JSON.parse(readFileSync(this.path, "utf8"));
    } catch {
      return {};
    }
  }
}

function configFolder(env: NodeJS.ProcessEnv): string {
  if (env.XDG_CONFIG_HOME) return env.XDG_CONFIG_HOME;
  if (process.platform === "win32") return env.APPDATA ?? join(homedir(), "AppData", "Roaming");
  return process.platform === "darwin" ? join(homedir(), "Library", "Application Support") : join(homedir(), ".config");
}
