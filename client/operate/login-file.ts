import { join } from "node:path";
import { alone } from "../files/file-lock.ts";
import { ensurePrivateFolder, readPrivateFile, writePrivateFile } from "../files/private-file.ts";
import { userFolder, variableOfFolder } from "../files/user-folder.ts";
import { recordOf } from "../task/task.ts";

/** What a login left: the token for valetkey's operators, and what a fresh one is asked with. */
export interface Login {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  readonly refreshToken?: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Audience that the token must be for: the service's address, or the person's word. */
  readonly audience: string;
  /** RFC 8707: what the issuer was told that it is for. */
  readonly resource?: string;
}

/** Logins by the service's address, in one file of the user's own: 0600, in the OS's folder for configuration. */
export class LoginFile {
  readonly path: string;
  readonly #folder: string;

  constructor(env: NodeJS.ProcessEnv) {
    this.#folder = join(userFolder("config", env), "valetkey");
    this.path = join(this.#folder, "logins.json");
  }

  read(url: string): Login | undefined {
    return this.#all()[url];
  }

  /** What is kept from now on, made of what is kept now, while no other process does the same; nothing where there is nothing to keep. */
  change(url: string, next: (kept: Login | undefined) => Promise<Login | undefined>): Promise<Login | undefined> {
    ensurePrivateFolder(this.#folder, variableOfFolder("config"));
    return alone(this.path, async () => {
      const kept = this.read(url);
      const login = await next(kept);
      if (login !== kept) this.#write({ ...this.#all(), [url]: login });
      return login;
    });
  }

  #write(logins: Readonly<Record<string, Login | undefined>>): void {
    writePrivateFile(this.path, JSON.stringify(logins));
  }

  /** Logins of the file; a file of another shape counts as empty. */
  #all(): Readonly<Record<string, Login>> {
    const text = readPrivateFile(this.path);
    try {
      const logins: unknown = text === undefined ? {} : JSON.parse(text);
      return Object.fromEntries(
        Object.entries(recordOf(logins)).filter((entry): entry is [string, Login] => isLogin(entry[1])),
      );
    } catch {
      return {};
    }
  }
}

function isLogin(value: unknown): value is Login {
  const { token, expiresAtMs, refreshToken, issuer, clientId, audience, resource } = recordOf(value);
  return (
    [token, issuer, clientId, audience].every((each) => typeof each === "string") &&
    [refreshToken, resource].every((each) => each === undefined || typeof each === "string") &&
    typeof expiresAtMs === "number"
  );
}
