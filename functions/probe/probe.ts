import { agentId } from "../../contract/agent-id.ts";
import type { Clock, Log } from "../core/ports.ts";
import type { Random } from "../core/random.ts";
import {
  isDenied,
  NOTHING_SEEN,
  type Observation,
  type Observations,
  type ProbeSession,
  type ProbeSessions,
  type Sightings,
  type Watched,
  withCall,
} from "../core/revocation/observation.ts";
import type { PolicyWrites } from "../core/revocation/policy-writes.ts";
import { rootPath } from "../core/task-path.ts";
import { PROBE_IDENTITY } from "../names.ts";

export interface ProbePorts {
  readonly probeSessions: ProbeSessions;
  readonly policyWrites: Pick<PolicyWrites, "after">;
  readonly observations: Pick<Observations, "record">;
  readonly random: Random;
  readonly clock: Clock;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
}

/** Timing of a probe; milliseconds. */
export const PACE = {
  /** Endings older than this are not probed: their policy was written long ago. */
  lateMs: 30_000,
  /** Pause between two calls. */
  everyMs: 250,
  /** Duration of a watch, after which no call is made. */
  forMs: 60_000,
  /** Least time that AWS must have had a policy before the probe reports that it has no effect. */
  actsWithinMs: 30_000,
};

/** Upper bound on the role's policy writes that are searched for one that denies the session. */
const WRITES_READ = 60;

/** Upper bound on the calls of the control session. */
const CONTROLS = 3;

/**
 * Observes when AWS begins to refuse an ended task's sessions. The probe's own session has the same role, name and agent, and its policy allows only the
 * probe's own call. Records an observation only where it is certain:
 * - A refusal after an answered call proves the moment of the change.
 * - A refusal of the first call may have another reason, so it counts only where a control session of the role is answered.
 * - A policy is reported as without effect only where its write is recorded and it denies such a session.
 * @throws {Refusal} sts_refused, sts_unavailable, store_unavailable.
 */
export async function probe(watched: Watched, ports: ProbePorts, pace = PACE): Promise<void> {
  const about = { task: watched.path, account: watched.account, role: watched.role };
  const sinceMs = ports.clock.nowMs() - watched.endedAtMs;
  if (sinceMs > pace.lateMs)
    return ports.log.write({ level: "info", event: "probe_late", ...about, milliseconds: sinceMs });
  const seen = await watch(await ports.probeSessions.open(watched), ports, pace);
  if (seen === NOTHING_SEEN)
    return ports.log.write({ level: "error", event: "probe_failed", ...about, why: "no call was answered or refused" });
  const observation = await judge(seen, watched, ports, pace);
  if (observation) await ports.observations.record(watched, observation);
  const isOverdue = observation?.status === "not_observed";
  ports.log.write({
    level: isOverdue ? "error" : "info",
    event: isOverdue ? "not_observed" : "probed",
    ...about,
    status: observation?.status ?? "unsure",
    milliseconds: (seen.deniedAtMs ?? ports.clock.nowMs()) - watched.endedAtMs,
  });
}

/** Repeats the call until AWS denies it or the time is over. */
async function watch(probeSession: ProbeSession, { clock, pause }: ProbePorts, pace: typeof PACE): Promise<Sightings> {
  const untilMs = clock.nowMs() + pace.forMs;
  let seen = NOTHING_SEEN;
  while (!isDenied(seen) && clock.nowMs() < untilMs) {
    const sentAtMs = clock.nowMs();
    seen = withCall(seen, await probeSession.call(), sentAtMs, clock.nowMs());
    if (!isDenied(seen)) await pause(pace.everyMs);
  }
  return seen;
}

async function judge(
  seen: Sightings,
  watched: Watched,
  ports: ProbePorts,
  pace: typeof PACE,
): Promise<Observation | undefined> {
  const { answeredAtMs } = seen;
  if (isDenied(seen)) {
    const { deniedAtMs } = seen;
    if (answeredAtMs !== undefined) return { status: "denied", answeredAtMs, deniedAtMs };
    return (await isOtherAnswered(watched, ports, pace)) ? { status: "at_most", deniedAtMs } : undefined;
  }
  if (answeredAtMs === undefined || !(await isWritten(watched, answeredAtMs - pace.actsWithinMs, ports)))
    return undefined;
  return { status: "not_observed", answeredAtMs };
}

/** True where AWS answers a control session, which has the same role and the name of no task. */
async function isOtherAnswered(
  { account, role }: Watched,
  { probeSessions, random, pause }: ProbePorts,
  pace: typeof PACE,
): Promise<boolean> {
  const control = await probeSessions.open({
    account,
    role,
    path: rootPath(random.bytes(32)),
    agent: agentId(PROBE_IDENTITY),
  });
  for (let attempt = 1; attempt <= CONTROLS; attempt += 1) {
    if ((await control.call()) === "answered") return true;
    await pause(pace.everyMs);
  }
  return false;
}

/** True where IAM had a policy by that moment that denies the task's name or its agent. A denial of sessions by their time alone does not count. */
async function isWritten(watched: Watched, byMs: number, { policyWrites }: ProbePorts): Promise<boolean> {
  const { path, endedAtMs } = watched;
  const writes = await policyWrites.after(watched, endedAtMs - 1, WRITES_READ);
  return writes.some(
    ({ writtenAtMs, endings, byTimeAlone = [] }) =>
      writtenAtMs <= byMs && endings.includes(path) && !byTimeAlone.includes(path),
  );
}
