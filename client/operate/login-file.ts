import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What a login left: the token for valetkey's operators, and what a fresh one is asked with. */
export interface Login {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  readonly refreshToken?: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Which of the issuer's tokens is sent: the access token where that is a JWT, the ID token otherwise. */
  readonly kind: "access" | "id";
}

/** Logins by the service's address, in one file of the user's own: 0600, in the OS's folder for configuration. */
export class LoginFile {
  readonly #folder: string;
  readonly #path: string;

  constructor(env: NodeJS.ProcessEnv) {
    this.#folder = join(configFolder(env), "valetkey");
    this.#path = join(this.#folder, "logins.json");
  }

  get path(): string {
    return this.#path;
  }

  read(url: string): Login | undefined {
    return this.#all()[url];
  }

  write(url: string, login: Login | undefined): void {
    const { [url]: _old, ...others } = this.#all();
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const beside = `${this.#path}.${process.pid}`;
    rmSync(beside, { force: true });
    writeFileSync(beside, JSON.stringify(login ? { ...others, [url]: login } : others), { mode: 0o600, flag: "wx" });
    renameSync(beside, this.#path);
  }

  /** A file that somebody else could read or write holds no login. */
  #all(): Readonly<Record<string, Login>> {
    try {
      const { mode, uid } = statSync(this.#path);
      if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o077) !== 0)) return {};
      return JSON.parse(readFileSync(this.#path, "utf8"));
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
