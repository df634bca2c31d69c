import { join } from "node:path";
import { defined } from "../../../functions/core/defined.ts";
import type { SignInPlace } from "../../deployments/deployments-file.ts";
import { alone } from "../../files/file-lock.ts";
import { ensurePrivateFolder, readPrivateFile, writePrivateFile } from "../../files/private-file.ts";
import { userFolder, variableOfFolder } from "../../files/user-folder.ts";
import { recordOf } from "../../task/fields.ts";

/** Stored login: the operator's token, and the parameters for its renewal. */
export interface Login {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  readonly refreshToken?: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Required audience of the token: the service's URL, or the one that the person gave. */
  readonly audience: string;
  /** Resource indicator that the issuer got (RFC 8707). */
  readonly resource?: string;
  /** Requested scope, where it differs from the command's default. */
  readonly scope?: string;
}

/** File with the user's logins by the service's URL: 0600, in the OS's folder for configuration. */
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

  /** Replaces a login by the result of `next`, under a lock; undefined removes it. Returns the new login. */
  change(url: string, next: (stored: Login | undefined) => Promise<Login | undefined>): Promise<Login | undefined> {
    ensurePrivateFolder(this.#folder, variableOfFolder("config"));
    return alone(this.path, async () => {
      const stored = this.read(url);
      const login = await next(stored);
      if (login !== stored) this.#write({ ...this.#all(), [url]: login });
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

/** Place at which the person signed in. */
export const placeOf = ({ issuer, clientId, resource, scope }: Login): SignInPlace => ({
  issuer,
  clientId,
  ...defined({ scope }),
  ...(resource === undefined ? { resource: false } : {}),
});

function isLogin(value: unknown): value is Login {
  const { token, expiresAtMs, refreshToken, issuer, clientId, audience, resource, scope } = recordOf(value);
  return (
    [token, issuer, clientId, audience].every((each) => typeof each === "string") &&
    [refreshToken, resource, scope].every((each) => each === undefined || typeof each === "string") &&
    typeof expiresAtMs === "number"
  );
}
