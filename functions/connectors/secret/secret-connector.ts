import { isAgentId } from "../../../contract/agent-id.ts";
import { FENCE_SECONDS } from "../../../contract/limits.ts";
import type {
  Connector,
  GrantedDetail,
  HealthFault,
  IssuedCredential,
  LeaseTask,
  PlannedIssue,
} from "../../core/connectors/connector.ts";
import { defined } from "../../core/defined.ts";
import { OBLIGATIONS } from "../../core/policy/obligations.ts";
import type { Clock } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ManagedSecret, Secrets } from "../../core/secrets/managed-secret.ts";
import { holderOf, isRotationDue, type SecretLocks } from "../../core/secrets/secret-lock.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import { leaseDeadline } from "../../core/tasks/lease-deadline.ts";
import { revocationOf } from "../revocation-of.ts";
import { describeSecret, NOT_HANDED_OUT, narrowSecret, parseSecret, type SecretDetail } from "./secret-detail.ts";

export interface SecretNeeds {
  /** Names of the secrets that are never leased, since the deployment itself authenticates with them (`ownSecrets`). */
  readonly ownSecrets: readonly string[];
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly locks: Pick<SecretLocks, "take" | "recordReads" | "release" | "states">;
}

/**
 * Makes the connector for secrets of AWS Secrets Manager that carry valetkey's tag. A task gets their values, or its
 * own session gets the right to read them.
 */
export const secretConnector = (ports: SecretNeeds): Connector<SecretDetail> => ({
  type: "secret",
  isFoundByName: true,
  parse: (detail, place) => parseSecret(detail, place, ports.ownSecrets),
  describe: describeSecret,
  narrow: narrowSecret,
  plan,
  prepare: (planned) => prepare(planned, ports),
  issue: (planned) => issue(planned, ports),
  revoke: (lease) => revocationOf(release(lease, ports)),
  health: () => health(ports),
});

function plan(granted: GrantedDetail<SecretDetail>, task: LeaseTask, nowSeconds: number): PlannedIssue<SecretDetail> {
  const { detail, index, terms } = granted;
  const lease: ConnectorLease = {
    name: `secret-${index}`,
    path: task.path,
    type: "secret",
    detail: index,
    state: "issuing",
    startedAt: Math.floor(nowSeconds),
    expiresAt: leaseDeadline(task, terms, nowSeconds),
    made: {
      agent: task.agent,
      secrets: detail.identifiers,
      rotates: OBLIGATIONS.rotateAfterUse.keep(terms.obligations),
    },
  };
  return { lease, detail };
}

/**
 * Finds the secrets that the task's own session will read, since the session's policy is made before anything is
 * recorded. Refuses a secret that does not exist.
 */
async function prepare(planned: PlannedIssue<SecretDetail>, ports: SecretNeeds): Promise<PlannedIssue<SecretDetail>> {
  const { lease, detail } = planned;
  const secrets = await findAll(lease, detail, ports);
  return { detail, lease: { ...lease, made: { ...lease.made, session_arns: sessionArns(secrets) } } };
}

async function findAll({ detail: place }: ConnectorLease, detail: SecretDetail, ports: SecretNeeds) {
  const found = await Promise.all(detail.identifiers.map((name) => ports.secrets.find(name)));
  return found.map((secret, index) => secret ?? missing(place, index));
}

const sessionArns = (secrets: readonly ManagedSecret[]): readonly string[] =>
  secrets.filter(({ delivery }) => delivery === "session").map(({ arn }) => arn);

/**
 * Finds the secrets, locks them, and then reads their values. Nobody thus sees a value of a secret that another task
 * holds.
 */
async function issue({ lease, detail }: PlannedIssue<SecretDetail>, ports: SecretNeeds): Promise<IssuedCredential> {
  const rotates = lease.made.rotates === true;
  const { agent } = lease.made;
  if (!isAgentId(agent)) throw new TypeError("a lease of secrets names no agent");
  const secrets = await findAll(lease, detail, ports);
  // A secret that is rotated after its use is not shared: the rotation would invalidate the value of the other tasks.
  const wanted = secrets
    .filter(({ exclusive }) => exclusive || rotates)
    .map(({ name, arn }) => ({ name, arn, rotates }));
  await ports.locks.take(wanted, holderOf(lease), lease.expiresAt);
  const delivered = await Promise.all(secrets.map((secret) => deliver(secret, ports)));
  // Records the reads before anybody sees a value, so that the record never lacks a reader.
  const at = Math.floor(ports.clock.nowMs() / 1_000);
  await ports.locks.recordReads(
    delivered.map(({ name, arn, version, isBySession }) => ({
      name,
      arn,
      versionId: version,
      holder: holderOf(lease),
      agent,
      at,
      // A session may read the current value at any moment of its life.
      until: isBySession ? lease.expiresAt : at,
    })),
  );
  return {
    lease: {
      ...lease,
      state: "issued",
      // Keeps the prepared secrets: they are sealed, and the task's AWS session has the right to read exactly these
      // (`readSecretStatement`).
      made: { ...lease.made, session_arns: lease.made.session_arns ?? sessionArns(secrets) },
    },
    credential: {
      type: "secret",
      name: lease.name,
      secrets: delivered.map(({ shown }) => shown),
      expires_at: new Date(lease.expiresAt * 1_000).toISOString(),
    },
  };
}

interface Delivered {
  readonly name: string;
  readonly arn: string;
  readonly isBySession: boolean;
  /** Id of the current version; at the time of the issue, where a session reads the secret by itself. */
  readonly version: string;
  readonly shown: Readonly<Record<string, string>>;
}

async function deliver(secret: ManagedSecret, ports: SecretNeeds): Promise<Delivered> {
  const { name, arn } = secret;
  if (secret.delivery === "session")
    return { name, arn, isBySession: true, version: secret.version ?? "", shown: { name, arn } };
  const { versionId: version, text, binary } = await ports.secrets.read(secret);
  const value = text === undefined ? {} : { value: text };
  return {
    name,
    arn,
    isBySession: false,
    version,
    shown: { name, version, ...value, ...defined({ value_base64: binary }) },
  };
}

function missing(detail: number, index: number): never {
  throw new Refusal("intent_invalid", {
    say: `authorization_details[${detail}].identifiers[${index}] ${NOT_HANDED_OUT}.`,
  });
}

/**
 * Releases the secrets that the task holds, free or waiting for their rotation. A rotation waits until the fence of
 * every session that can read the secret has passed.
 */
async function release(lease: ConnectorLease, ports: SecretNeeds): Promise<void> {
  const { secrets, session_arns: arns } = lease.made;
  const names = Array.isArray(secrets) ? secrets.map(String) : [];
  const nowSeconds = Math.floor(ports.clock.nowMs() / 1_000);
  const isByValue = Array.isArray(arns) && arns.length === 0;
  const fence = Math.max(nowSeconds, Math.min(lease.expiresAt, nowSeconds + FENCE_SECONDS));
  await ports.locks.release(names, holderOf(lease), isByValue ? nowSeconds : fence);
}

/** Reports late rotations, each of which blocks every lease of its secret. */
async function health({ locks, clock }: SecretNeeds): Promise<readonly HealthFault[]> {
  const nowSeconds = clock.nowMs() / 1_000;
  try {
    const late = (await locks.states()).filter((state) => isRotationDue(state, nowSeconds - LATE_SECONDS));
    return late.map(({ name }) => ({
      subject: name,
      problem: "has waited for its rotation for more than an hour, and is leased to nobody until then",
      mend: `aws secretsmanager rotate-secret --secret-id ${name}`,
    }));
  } catch (error) {
    if (!(error instanceof Refusal && error.isOutage)) throw error;
    return [{ subject: "the record of secret locks", problem: "cannot be reached" }];
  }
}

const LATE_SECONDS = 3_600;
