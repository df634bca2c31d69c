import { randomBytes } from "node:crypto";
import { Refusal } from "../../core/refusal.ts";
import { seal, unseal } from "../../core/seals/seal.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type {
  LockedSession,
  RuledSession,
  SessionLock,
  SessionOpener,
  SigningRules,
} from "../../core/tasks/session-vault.ts";
import { SESSION_CONTEXT } from "../../names.ts";
import { nameOf } from "../aws/aws-fault.ts";
import { AwsService } from "../aws/aws-service.ts";
import { jsonFaultOf } from "../aws/json-fault.ts";
import { TimedCache } from "../memory/timed-cache.ts";

/** Bounds of a call to KMS. */
const BOUNDS = { attempts: 2, connectMs: 1_000, attemptMs: 2_000, wholeMs: 4_500 } as const;

/** Time for which a process keeps a decryption; milliseconds. */
const OPEN_MS = 60_000;

/** Upper bound on the decryptions that a process keeps. */
const MOST_OPEN = 1_000;

/** Name of the data key's version in a sealed text: each text has a data key of its own. */
const OWN = "data";

/** Faults of KMS for a text that it did not encrypt, or encrypted for another context. */
const FOREIGN: ReadonlySet<string> = new Set(["InvalidCiphertextException", "IncorrectKeyException"]);

/** Text that a session's data key encrypts: the secret key, the session token, and the rules. */
type Sealed = readonly [secretAccessKey: string, sessionToken: string, rules: SigningRules];

type Members = Readonly<Record<string, unknown>>;

function kms(): (operation: "GenerateDataKey" | "Decrypt", input: Members) => Promise<Members> {
  const service = new AwsService("kms", BOUNDS, jsonFaultOf);
  return async (operation, input) => {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${operation}` };
    return JSON.parse(await service.send(headers, JSON.stringify(input))) as Members;
  };
}

/** Context that KMS binds a data key to. CloudTrail's events show it, so it is no secret. */
const contextOf = (path: TaskPath, lease: string): Readonly<Record<string, string>> => ({
  [SESSION_CONTEXT.task]: path,
  [SESSION_CONTEXT.lease]: lease,
});

/** Text that the session's encryption authenticates, so that no part of the record can be exchanged for another's. */
const placeOf = (path: TaskPath, lease: string, { accessKeyId, fenceAt, issuedAt }: Omit<LockedSession, "sealed">) =>
  JSON.stringify(["session", path, lease, accessKeyId, issuedAt, fenceAt]);

/**
 * Makes the lock of sessions that stay in the hub: each is encrypted by a data key of its own, which KMS encrypts for the task and lease.
 * Source: "Encryption context" and GenerateDataKey, AWS KMS Developer Guide and API reference.
 * @param keyId alias of the symmetric key.
 */
export function kmsSessionLock(keyId: string): SessionLock {
  const ask = kms();
  return {
    lock: async (path, { name, fenceAt }, { session, rules }) => {
      const { Plaintext: plain, CiphertextBlob: blob } = await askOrRefuse(() =>
        ask("GenerateDataKey", { KeyId: keyId, KeySpec: "AES_256", EncryptionContext: contextOf(path, name) }),
      );
      if (typeof plain !== "string" || typeof blob !== "string") throw unavailable("answer");
      const facts = { accessKeyId: session.accessKeyId, issuedAt: session.issuedAt, fenceAt };
      const key = { id: OWN, bytes: Buffer.from(plain, "base64") };
      const { secretAccessKey, sessionToken } = session;
      const text = seal(
        JSON.stringify([secretAccessKey, sessionToken, rules]),
        placeOf(path, name, facts),
        key,
        randomBytes(12),
      );
      key.bytes.fill(0);
      return { ...facts, sealed: `${Buffer.from(blob, "base64").toString("base64url")}:${text}` };
    },
  };
}

/** Makes the opener of sessions that stay in the hub. It caches a decryption for a minute at most. The caller compares the fence. */
export function kmsSessionOpener(nowMs: () => number): SessionOpener {
  const ask = kms();
  const opened = new TimedCache<RuledSession>(OPEN_MS, MOST_OPEN, nowMs);
  return {
    open: async (path, lease, locked) => {
      const place = placeOf(path, lease, locked);
      const known = opened.find(`${place}:${locked.sealed}`);
      if (known) return known;
      const [blob = "", text = ""] = locked.sealed.split(":");
      const { Plaintext: plain } = await askOrRefuse(() =>
        ask("Decrypt", {
          CiphertextBlob: Buffer.from(blob, "base64url").toString("base64"),
          EncryptionContext: contextOf(path, lease),
        }),
      );
      if (typeof plain !== "string") throw unavailable("answer");
      const key = { id: OWN, bytes: Buffer.from(plain, "base64") };
      const [secretAccessKey, sessionToken, rules] = JSON.parse(unseal(text, place, key)) as Sealed;
      key.bytes.fill(0);
      const { accessKeyId, issuedAt } = locked;
      const ruled = { session: { accessKeyId, secretAccessKey, sessionToken, issuedAt }, rules };
      opened.keep(`${place}:${locked.sealed}`, ruled);
      return ruled;
    },
  };
}

/** @throws {RangeError} for a text of another context or key; {Refusal} store_unavailable for every other fault. */
async function askOrRefuse<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (FOREIGN.has(nameOf(error))) throw new RangeError("not sealed for this task and lease");
    throw unavailable(nameOf(error));
  }
}

const unavailable = (why: string): Refusal =>
  new Refusal("store_unavailable", { why: `sessions' key: ${why}`, retryAfterSeconds: 1 });
