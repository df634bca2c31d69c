import { canonicalJson } from "../../../contract/canonical-json.ts";
import type { StartedTask } from "../../../contract/token.ts";
import { actingFor } from "../../core/delegation/acting.ts";
import type { Issuer } from "../../core/identity/issuer.ts";
import type { NamedActor } from "../../core/identity/may-act.ts";
import { isSamePerson, personId } from "../../core/identity/person.ts";
import { nextEvent } from "../../core/journal/event.ts";
import { type OnBehalf, onBehalfUntil } from "../../core/people/on-behalf.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { isLive } from "../../core/tasks/task.ts";
import type { TokenUse } from "../../core/tasks/tasks.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { answered } from "../../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import { verifyPerson } from "../../steps/requests/verify-person.ts";
import { authenticateSealedTask } from "../../steps/tasks/authenticate-sealed-task.ts";
import { authoriseTask } from "../../steps/tasks/authorise-task.ts";
import { type BelievedTask, sealTask } from "../../steps/tasks/believe-task.ts";
import { changeBelieved } from "../../steps/tasks/change-task.ts";
import { readLineage } from "../../steps/tasks/read-lineage.ts";
import { type Form, needed, refuseOtherTypes } from "../request.ts";
import { tokenAnswer } from "../respond.ts";
import { withinRenewalRate } from "../vend/within-renewal-rate.ts";

/** Task that acts for a person. A fresh token of the person moves its deadline. */
type PersonsOwn = BelievedTask & { readonly onBehalf: OnBehalf; readonly movesUntil: number };

/** Request of a task's holder with a fresh token of the task's person. */
interface Prolongation {
  readonly taskToken: string;
  readonly personToken: string;
}

/** Parses a request that moves a task's deadline. @throws {Refusal} malformed_request, unsupported_token_type. */
export function parseProlongation(form: Form): Prolongation {
  refuseOtherTypes(form, "subject_token_type");
  const [taskToken, personToken] = [needed(form, "actor_token"), needed(form, "subject_token")];
  if (form.has("authorization_details")) {
    throw new Refusal("malformed_request", {
      say: "A person's fresh token for a task that lives asks for nothing else: leave authorization_details out.",
    });
  }
  return { taskToken, personToken };
}

/**
 * Answers `POST /v1/token` for a person's fresh token (`subject_token`) with the token of a task that acts for the person (`actor_token`). The task's
 * hour then counts from the fresh token, and the task has the person's groups of that token. Issues nothing: the next renewal is decided with these groups.
 */
export function prolong(form: Form, event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  return answered(event, ports, async (record) => {
    const { taskToken: token, personToken } = parseProlongation(form);
    const task = await authenticateSealedTask(token, undefined, ports, "subject_token_unknown");
    record.noteTask(task);
    record.note({ subject: task.subject });
    record.staleIf(() => !isLive(task, ports.clock.nowMs() / 1_000));
    const own = personsOwn(task, ports);

    const { onBehalf, use } = await freshProof(own, personToken, ports);
    const { sourceIp } = event.requestContext.http;
    // Decided with the person's present groups. A task gets no further time where policy denies it to them, or where it waits for people.
    const fresh = await sealTask({ ...own, onBehalf }, ports);
    await withinRenewalRate(own, ports, async () => authoriseTask(await readLineage(fresh, ports), sourceIp, ports));
    const prolonged = await changeBelieved(own, (now) => recordProof(now, onBehalf, use, ports), ports);
    return {
      ...tokenAnswer({ task: prolonged, token, denials: [], outlives: [] }, ports.clock.nowMs()),
      task: { id: prolonged.path, status: "active", expires_at: isoSeconds(prolonged.expiresAt) },
      ...actingFor(prolonged),
      credentials: [],
    } satisfies StartedTask;
  });
}

/** @throws {Refusal} task_ended; malformed_request for a task whose deadline depends on no token of a person. */
function personsOwn(task: BelievedTask, { clock }: Pick<SealingPorts, "clock">): PersonsOwn {
  if (!isLive(task, clock.nowMs() / 1_000)) throw new Refusal("task_ended");
  const { onBehalf, movesUntil } = task;
  if (onBehalf && movesUntil !== undefined) return { ...task, onBehalf, movesUntil };
  throw new Refusal("malformed_request", {
    say: "Only a task that was itself opened with a person's token takes a fresh one; a sub-agent's task is opened anew.",
  });
}

/**
 * Verifies the fresh token as the first one was, and compares both. The person must be the same, and the way in which they let the agent act. The fresh
 * token must be later than every token before.
 * @throws {Refusal} those of `verifyPerson`; actor_not_allowed, token_expired.
 */
async function freshProof(
  { agent, subject, onBehalf: before }: PersonsOwn,
  token: string,
  ports: SealingPorts,
): Promise<{ readonly onBehalf: OnBehalf; readonly use: TokenUse }> {
  const named = actorOf(subject, ports.deployment.issuers);
  const { onBehalf: now, use } = await verifyPerson(token, { agent: { id: agent }, named }, ports);
  if (!isSamePerson(now, before))
    throw new Refusal("actor_not_allowed", { say: "The token is another person's than the task's." });
  const isOther = canonicalJson(now.ceiling ?? []) !== canonicalJson(before.ceiling ?? []);
  if (isOther || now.consent?.id !== before.consent?.id)
    throw new Refusal("actor_not_allowed", {
      say: "The token lets the agent act in another way than the task's first one.",
    });
  if (now.provenAt <= (before.freshAt ?? before.provenAt))
    throw new Refusal("token_expired", {
      say: "The task has a token of the person that was issued later, or at that moment.",
    });
  const { groups, isFirst, provenAt: freshAt } = now;
  return { onBehalf: { ...before, groups, isFirst, freshAt }, use };
}

/** Names the actor as the agent's own token did when the task was opened. @throws {Refusal} issuer_unknown where the issuer is no longer configured. */
function actorOf(subject: string, issuers: readonly Issuer[]): NamedActor {
  const bar = subject.indexOf("|");
  const issuer = issuers.find(({ name }) => name === subject.slice(0, bar));
  if (!issuer) throw new Refusal("issuer_unknown");
  return { iss: issuer.url, sub: subject.slice(bar + 1) };
}

async function recordProof(
  task: BelievedTask,
  onBehalf: OnBehalf,
  use: TokenUse,
  ports: SealingPorts,
): Promise<BelievedTask> {
  const own = personsOwn(task, ports);
  // Another fresh token may have been recorded since.
  if ((own.onBehalf.freshAt ?? 0) >= (onBehalf.freshAt ?? 0)) throw new Refusal("token_expired");
  const expiresAt = Math.min(own.movesUntil, onBehalfUntil(onBehalf));
  const event = nextEvent(task.chain, task.path, "task.prolonged", ports.clock.nowMs(), {
    agent: task.agent,
    on_behalf_of: personId(onBehalf),
    proven_at: onBehalf.freshAt,
    expires_at: expiresAt,
  });
  const prolonged = await sealTask({ ...task, onBehalf, expiresAt }, ports);
  await ports.tasks.prolong(prolonged, event, use);
  return prolonged;
}
