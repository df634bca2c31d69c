import { type PlannedLease, planLeases } from "../../connectors/aws/plan-leases.ts";
import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import type { AccountId } from "../../core/deployment/account-id.ts";
import { personOf } from "../../core/policy/entities.ts";
import type { Ports, SealingPorts } from "../../core/ports.ts";
import type { Answer, Question } from "../../core/proof/question.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { Grants, ParentScope } from "../../steps/tasks/grants.ts";
import { questionOfSession } from "../../steps/tasks/question-of-session.ts";

type Needs = Pick<SealingPorts, "deployment" | "catalogue" | "policies" | "proofs" | "clock" | "pause" | "log">;

/**
 * Proves that each session policy allows nothing that Cedar does not permit (I2), nothing beyond the tasks above (I3), and nothing after its fence (I4).
 * The validator that proves it knows nothing of the compiler. All sessions share one budget of work. The caller proves while STS answers, and waits for the proof before it hands anything out.
 * @param reads ARNs of secrets that the task's sessions read by themselves.
 * @throws {Refusal} session_policy_unproven for a counterexample; session_policy_unknown where nothing could be proven, unless the deployment only
 * observes that.
 */
export async function proveSessions(
  task: Pick<Task, "path" | "agent" | "openedAt" | "facts">,
  planned: readonly PlannedLease[],
  reads: readonly string[],
  grants: Pick<Grants, "written" | "requester" | "parentScope"> & {
    readonly approved?: Pick<ApprovalRecord, "needed">;
  },
  ports: Needs,
): Promise<void> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  // Lets the other requests be sent first: STS can work on its answer while this process works on the proof.
  await ports.pause(0);
  const byAccount = new Map<string, Question["above"]>();
  const aboveIn = (account: AccountId): Question["above"] => {
    const above = byAccount.get(account) ?? textsAbove(grants.parentScope, account, nowSeconds, ports);
    byAccount.set(account, above);
    return above;
  };
  const proofs = ports.proofs.ofVend();
  for (const session of planned) {
    const given = { above: aboveIn(session.lease.account), reads, approved: grants.approved?.needed, grants };
    // Two proofs: policy permits every call to the agent, and to the person it acts for (B1).
    for (const requester of [grants.requester, personOf(grants.requester)].filter((each) => each !== undefined)) {
      const question = questionOfSession(session, task, requester, given, ports);
      judge(proofs.answer(question), { task: task.path, agent: task.agent, lease: session.lease.name }, ports);
    }
  }
}

/** Renders the session policies of the tasks above, as they would be issued in the account now. The nearest task comes first. */
function textsAbove(
  scope: ParentScope | undefined,
  account: AccountId,
  nowSeconds: number,
  ports: Pick<Ports, "deployment">,
): Question["above"] {
  if (scope === undefined) return [];
  const { parent, grants } = scope;
  const ofAccount = grants.aws.filter(({ detail }) => detail.account === account);
  const own = planLeases(parent, ofAccount, grants.terms, ports.deployment, nowSeconds);
  return [own.map(({ policy }) => policy), ...textsAbove(grants.parentScope, account, nowSeconds, ports)];
}

/** Advice where nothing could be proven. A smaller request mends nothing that cannot be read. */
const TOO_MUCH =
  "Its proof takes more work than a proof may: ask for fewer patterns and conditions, or split the task.";
const UNREADABLE = "The validator cannot read a part of it, or of a policy: ask the operators.";

function judge(
  answer: Answer,
  of: Readonly<Record<string, string>>,
  { deployment, log }: Pick<Ports, "deployment" | "log">,
): void {
  if (answer.verdict === "proven") return;
  if (answer.verdict === "counterexample") {
    const why = JSON.stringify(answer.call);
    log.write({ level: "error", event: "session_policy_unproven", ...of, outcome: answer.verdict, why });
    throw new Refusal("session_policy_unproven", { why });
  }
  const { why } = answer;
  const isUsed = deployment.validate === "observe";
  log.write({ level: "warn", event: "session_policy_unknown", ...of, outcome: isUsed ? "used" : "refused", why });
  if (!isUsed) throw new Refusal("session_policy_unknown", { why, say: why === "budget" ? TOO_MUCH : UNREADABLE });
}
