import { SECRET_NAME } from "../../contract/names.ts";
import type { ManagedSecret, SecretList } from "../../contract/secrets.ts";
import { defined } from "../core/defined.ts";
import { Refusal } from "../core/refusal.ts";
import type { SecretEntry } from "../core/secrets/secret-inventory.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import { describeSecret } from "./describe-secret.ts";
import type { SecretPorts } from "./secret-ports.ts";

/** Answers `GET /v1/secrets?after=` with every managed secret, page by page. */
export const listSecrets = (event: HttpEvent, ports: SecretPorts): Promise<HttpAnswer> =>
  operation<SecretList>(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:ListSecrets", "deployment", ports);
    const after = new URLSearchParams(event.rawQueryString ?? "").get("after") || undefined;
    const [{ secrets, next }, states] = await Promise.all([ports.inventory.list(after), ports.locks.states()]);
    const stateOf = new Map(states.map((state) => [state.name, state]));
    const described = await Promise.all(
      secrets.map(async (entry) => describeSecret(entry, stateOf.get(entry.name), await readersOf(entry, ports))),
    );
    return { secrets: described, ...defined({ next }) };
  });

/** Answers `GET /v1/secrets/{secret}` with the secret's state, never its value. */
export const readSecret = (event: HttpEvent, ports: SecretPorts): Promise<HttpAnswer> =>
  operation<ManagedSecret>(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:ReadSecret", "deployment", ports);
    const entry = await secretIn(event, ports);
    const state = await ports.locks.find(entry.name);
    return describeSecret(entry, state, await readersOf(entry, ports));
  });

/** Returns the secret that the path names. Call it after policy: others must not learn which secrets exist. @throws {Refusal} secret_not_found. */
export async function secretIn(event: HttpEvent, ports: SecretPorts): Promise<SecretEntry> {
  const name = (event.pathParameters?.secret ?? "").replaceAll("~", "/");
  const entry = SECRET_NAME.test(name) ? await ports.inventory.find(name) : undefined;
  if (!entry) throw new Refusal("secret_not_found");
  return entry;
}

/** Lists the tasks that were given the secret's current value. */
export const readersOf = async ({ name, version }: SecretEntry, { locks }: Pick<SecretPorts, "locks">) =>
  version === undefined ? [] : locks.readers(name, version);
