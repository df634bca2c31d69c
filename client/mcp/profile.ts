import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Endpoint } from "../credentials/credential-endpoint.ts";
import { ClientError } from "../exit-codes.ts";
import { ensurePrivateFolder, writePrivateFile } from "../files/private-file.ts";
import { userFolder, variableOfFolder } from "../files/user-folder.ts";
import type { NamedCredential } from "../task/held-task.ts";

/** AWS profile of one credential of a task. */
export interface Profile {
  readonly profile: string;
  readonly account: string;
  readonly region: string | undefined;
}

/** Profiles of one task: the file that defines them, for `AWS_CONFIG_FILE`. */
export interface Profiles {
  readonly configFile: string;
  readonly profiles: readonly Profile[];
  readonly remove: () => void;
}

/** Makes the folder of one server, in the user's cache. Removes the folders of servers that were killed. */
export function serverFolder(env: NodeJS.ProcessEnv): string {
  const above = join(userFolder("cache", env), "valetkey", "mcp");
  ensurePrivateFolder(above, variableOfFolder("cache"));
  for (const name of readdirSync(above)) {
    const [pid] = name.split("-");
    if (!isAlive(Number(pid))) rmSync(join(above, name), { recursive: true, force: true });
  }
  const folder = join(above, `${process.pid}-${randomBytes(8).toString("hex")}`);
  ensurePrivateFolder(folder, variableOfFolder("cache"));
  return folder;
}

/** Needs of a task's profiles. */
interface ProfileOptions {
  readonly folder: string;
  readonly access: string;
  /** Sessions of the task, those that stay in the hub too. */
  readonly sessions: readonly Pick<NamedCredential, "name" | "account" | "region">[];
  readonly endpoint: Pick<Endpoint, "uri" | "token">;
  /** Command line of valetkey: node, and its entry. */
  readonly command: readonly string[];
  /** Addresses of the ports that sign, by the SDKs' variables; undefined where the sessions are keys of AWS. */
  readonly ports: Readonly<Record<string, string>> | undefined;
}

/**
 * Writes the profiles of a task. Each has a `credential_process` that reads from the server's own endpoint on loopback, so no key is in a file. The file
 * beside it (0600) has the endpoint's address and token, which die with the access.
 */
export function writeProfiles({ folder, access, sessions, endpoint, command, ports }: ProfileOptions): Profiles {
  const own = join(folder, access);
  ensurePrivateFolder(own, variableOfFolder("cache"));
  const { lines: addresses, section } = ports ? addressesOf(ports, access) : { lines: [], section: [] };
  const sections = sessions.map(({ name, account, region }, index) => {
    const file = join(own, `${name}.json`);
    writePrivateFile(file, JSON.stringify({ uri: endpoint.uri(name), token: endpoint.token }));
    const profile = index === 0 ? access : `${access}-${index + 1}`;
    const line = [...command, "mcp", "credential", file].map(quoted).join(" ");
    const lines = [
      ...[`[profile ${profile}]`, `credential_process = ${line}`],
      ...(region ? [`region = ${region}`] : []),
      ...addresses,
    ];
    return { profile: { profile, account, region }, text: lines.join("\n") };
  });
  const configFile = join(own, "config");
  writePrivateFile(configFile, `${[...sections.map(({ text }) => text), ...section].join("\n\n")}\n`);
  return {
    configFile,
    profiles: sections.map(({ profile }) => profile),
    remove: () => rmSync(own, { recursive: true, force: true }),
  };
}

/**
 * Makes the lines by which a profile's requests go to the ports that sign, and the section of services that the lines name.
 * Source: "Service-specific endpoints", AWS SDKs and Tools Reference Guide.
 */
function addressesOf(ports: Readonly<Record<string, string>>, access: string) {
  const services = Object.entries(ports).flatMap(([variable, address]) => {
    const service = /^AWS_ENDPOINT_URL_(\w+)$/.exec(variable)?.[1]?.toLowerCase();
    return service === undefined ? [] : [`${service} =`, `  endpoint_url = ${address}`];
  });
  return {
    lines: [`services = ${access}`, ...(ports.AWS_ENDPOINT_URL ? [`endpoint_url = ${ports.AWS_ENDPOINT_URL}`] : [])],
    section: [[`[services ${access}]`, ...services].join("\n")],
  };
}

/** Quotes a word as the SDKs read `credential_process`. */
function quoted(word: string): string {
  if (/["\\\n\r]/.test(word) && process.platform !== "win32")
    throw new ClientError(
      "usage",
      "folder_unusable",
      "an AWS profile cannot hold a path with a quotation mark, a backslash or a line break",
    );
  return `"${word}"`;
}

function isAlive(pid: number): boolean {
  try {
    return Number.isSafeInteger(pid) && pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
