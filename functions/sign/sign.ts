import type { SignedAnswer } from "../../contract/signing.ts";
import { serviceOf } from "../core/catalogue/action-name.ts";
import { defined } from "../core/defined.ts";
import { Refusal } from "../core/refusal.ts";
import { type AwsHost, awsHostOf } from "../core/signing/aws-hosts.ts";
import { CALLER_IDENTITY, operationOf } from "../core/signing/operation-of.ts";
import { faultOf } from "../core/signing/request.ts";
import { signRequest } from "../core/signing/sign-request.ts";
import type { LockedSession, RuledSession, SigningRules } from "../core/tasks/session-vault.ts";
import { isLive, type SessionLease, type Task } from "../core/tasks/task.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { readJson } from "../http/read-body.ts";
import { authenticateSealedTask } from "../steps/tasks/authenticate-sealed-task.ts";
import type { BelievedTask } from "../steps/tasks/believe-task.ts";
import { servicesOf } from "../steps/tasks/describe-details.ts";
import { readLineage } from "../steps/tasks/read-lineage.ts";
import { refuseHaltedAccounts } from "../steps/tasks/refuse-halted.ts";
import { countCall } from "./count-call.ts";
import { parseSignBody, SIGN_BODY } from "./parse-body.ts";
import type { SignPorts } from "./sign-ports.ts";

/** Time before its fence from which a session signs no more: the request has to reach AWS; seconds. */
const BEFORE_FENCE_SECONDS = 5;

/**
 * Answers `POST /v1/tasks/{task}/sign`: signs one request to AWS by a session that stays in the hub. Everything on which the task depends is read now,
 * strongly: there is no signature after an ending (I13). What the session allows is proven at its issue, so security does not rest on how a request is read.
 */
export function sign(event: HttpEvent, ports: SignPorts): Promise<HttpAnswer> {
  return answered(event, ports, async (record): Promise<SignedAnswer> => {
    const task = await authenticateSealedTask(readAuthorization(event), event.pathParameters?.task, ports);
    record.noteTask(task);
    record.staleIf(() => !isLive(task, ports.clock.nowMs() / 1_000));
    if (!isLive(task, ports.clock.nowMs() / 1_000)) throw new Refusal("task_ended");

    const { lease: name, request } = parseSignBody(readJson(event, SIGN_BODY));
    const lease = leaseOf(task, name);
    record.note({ leases: [name] });
    const fault = faultOf(request);
    if (fault !== undefined) throw new Refusal("request_unsignable", { say: fault });
    const host = grantedHost(request.host, lease, task, ports);

    const locked = await readAlive(task, lease, ports);
    const { session, rules } = await openSession(task, name, locked, ports);
    const operation = operationOf(request, host);
    refuseCall(operation, host, rules);
    await countCall(rules, ports);
    const atMs = ports.clock.nowMs();
    await ports.signedCalls.count(task.path, name, operation, atMs);
    return {
      headers: signRequest(request, session, host, atMs),
      ...defined({ operation }),
      expires_at: isoSeconds(locked.fenceAt),
    };
  });
}

/** Finds a lease whose session stays in the hub. @throws {Refusal} lease_unknown. */
function leaseOf(task: Task, name: string): SessionLease {
  const lease = task.leases.find((each) => each.name === name && each.delivery === "sign");
  if (!lease) throw new Refusal("lease_unknown");
  return lease;
}

/**
 * Finds the service of the lease that is at the host, in the deployment's partition.
 * @throws {Refusal} host_not_granted.
 */
function grantedHost(
  host: string,
  lease: SessionLease,
  task: Task,
  { deployment }: Pick<SignPorts, "deployment">,
): AwsHost {
  const services = servicesOf(lease, task.details);
  const found = awsHostOf(host).find(
    ({ service, partition }) => partition === deployment.partition && services.includes(service),
  );
  if (!found) throw new Refusal("host_not_granted", { say: `It is for ${services.join(", ")}.` });
  return found;
}

/**
 * Reads the session beside everything on which its task depends, in one round.
 * @throws {Refusal} those of `readLineage`, account_halted, renew_needed.
 */
async function readAlive(task: BelievedTask, lease: SessionLease, ports: SignPorts): Promise<LockedSession> {
  const [locked] = await Promise.all([
    ports.keptSessions.read(task.path, lease.name),
    readLineage(task, ports),
    refuseHaltedAccounts([lease], ports),
  ]);
  const usableUntil = (locked?.fenceAt ?? 0) - BEFORE_FENCE_SECONDS;
  if (!locked || ports.clock.nowMs() / 1_000 >= usableUntil) throw new Refusal("renew_needed");
  return locked;
}

/**
 * Refuses a call that a forbid of policy names, and under such a forbid each call whose operation is unclear. At STS, calls without any right return keys
 * (`GetSessionToken`), so all but one are refused. @throws {Refusal} call_refused.
 */
function refuseCall(
  operation: string | undefined,
  { service }: Pick<AwsHost, "service">,
  rules: Pick<SigningRules, "refused">,
): void {
  if (service === "sts" && operation !== CALLER_IDENTITY)
    throw new Refusal("call_refused", { say: "Of STS, only GetCallerIdentity is signed." });
  const refused = rules.refused.filter((each) => serviceOf(each) === service);
  if (refused.length === 0 || (operation !== undefined && !refused.includes(operation))) return;
  const which =
    operation === undefined
      ? "Method, path and target do not tell its operation, which a forbid with @perCall asks for."
      : `A forbid with @perCall refuses ${operation}.`;
  throw new Refusal("call_refused", { say: which });
}

/** Decrypts a session. One that was sealed for another task or lease is treated as none. @throws {Refusal} renew_needed, store_unavailable. */
async function openSession(
  { path }: Task,
  lease: string,
  locked: LockedSession,
  { sessionOpener, log }: SignPorts,
): Promise<RuledSession> {
  try {
    return await sessionOpener.open(path, lease, locked);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    log.write({ level: "error", event: "seal_broken", type: "session", task: path });
    throw new Refusal("renew_needed");
  }
}
