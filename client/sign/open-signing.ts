import { randomBytes } from "node:crypto";
import type { Task } from "../task/held-task.ts";
import type { RunKeys } from "./incoming-signature.ts";
import { Signatures } from "./signatures.ts";
import { openSigningPort } from "./signing-port.ts";

/** Ports of a task whose sessions stay in the hub, one for each service. */
export interface Signing {
  /** Variables of the command: the ports, and the keys of this run. */
  readonly variables: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a port for each service of the task's first session, and one that refuses every other service. One endpoint cannot route, since SDKs name the service in
 * the host.
 * @param env environment of this process: a test's AWS is at `AWS_ENDPOINT_URL`.
 */
export async function openSigning(url: string, task: Task, env: NodeJS.ProcessEnv): Promise<Signing> {
  const keys = runKeys();
  const [session] = task.signed ?? [];
  if (!session) return { variables: {}, close: async () => undefined };
  const signatures = new Signatures(url, task, session);
  const opened = await Promise.all(
    session.endpoints.map(async (service) => {
      const elsewhere = env[service.variable] || env.AWS_ENDPOINT_URL || undefined;
      return { service, port: await openSigningPort({ service, signatures, keys, elsewhere }) };
    }),
  );
  return {
    variables: {
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      ...Object.fromEntries(opened.map(({ service, port }) => [service.variable, port.origin])),
    },
    close: async () => {
      await Promise.all(opened.map(({ port }) => port.close()));
    },
  };
}

/** Makes keys of this run: they have the form of AWS's, and no AWS knows them. */
const runKeys = (): RunKeys => ({
  accessKeyId: `VALETKEYRUN${randomBytes(6).toString("hex").toUpperCase().slice(0, 9)}`,
  secretAccessKey: randomBytes(30).toString("base64url"),
});
