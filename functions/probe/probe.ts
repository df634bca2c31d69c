import type { Clock, Log, Random } from "../core/ports.ts";
import {
  isDenied,
  NOTHING_SEEN,
  type Observation,
  type Sightings,
  type Watched,
  withCall,
} from "../core/revocation/observation.ts";
import type { Observations } from "../core/revocation/observations.ts";
import type { PolicyWrites } from "../core/revocation/policy-writes.ts";
import type { ProbeSession, ProbeSessions } from "../core/revocation/probe-sessions.ts";
import { rootPath } from "../core/tasks/path.ts";
import { PROBE_IDENTITY } from "../names.ts";

export interface ProbePorts {
  readonly probeSessions: ProbeSessions;
  readonly policyWrites: Pick<PolicyWrites, "after">;
  readonly observations: Pick<Observations, "record">;
  readonly random: Random;
  readonly clock: Clock;
  /** Resolves after so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
}

/** How it watches; milliseconds. */
export const PACE = {
  /** An ending that is older when it is looked at for the first time is not: its policy has long been written. */
  lateMs: 30_000,
  /** Between two calls. */
  everyMs: 250,
  /** No call after that long. */
  forMs: 60_000,
  /** So long AWS has had a policy, at least, that is said not to act. */
  actsWithinMs: 30_000,
};

/** How many writes of the role are looked through for one that denies the session. */
const WRITES_READ = 60;

/** How often the control is tried. */
const CONTROLS = 3;

/**
 * When AWS refuses what the ended task's sessions could do, as seen by a session of the same role, name and agent, which can do nothing else. Only a change
 * counts: a session that is refused from its first call on may be refused for another reason, and says something only where another session of the
 * role is not. And only a policy that is recorded as written, and denies such a session, can be found not to act. Whatever is not sure is not recorded.
 * @throws {Refusal} sts_refused, sts_unavailable, store_unavailable.
 */
export async function probe(watched: Watched, ports: ProbePorts, pace = PACE): Promise<void> {
  const told = { task: watched.path, account: watched.account, role: watched.role };
  const sinceMs = ports.clock.nowMs() - watched.endedAtMs;
  if (sinceMs > pace.lateMs)
    return ports.log.write({ level: "info", event: "probe_late", ...told, milliseconds: sinceMs });
  const seen = await watch(await ports.probeSessions.open(watched), ports, pace);
  if (seen === NOTHING_SEEN)
    return ports.log.write({ level: "error", event: "probe_failed", ...told, why: "no call was answered or refused" });
  const observation = await judge(seen, watched, ports, pace);
  if (observation) await ports.observations.record(watched, observation);
  const isOverdue = observation?.status === "not_observed";
  ports.log.write({
    level: isOverdue ? "error" : "info",
    event: isOverdue ? "not_observed" : "probed",
    ...told,
    status: observation?.status ?? "unsure",
    milliseconds: (seen.deniedAtMs ?? ports.clock.nowMs()) - watched.endedAtMs,
  });
}

/** Calls until it is denied, or the time is over. */
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

/** Whether AWS answers a session of the same role under a name that is nobody's. */
async function isOtherAnswered(
  { account, role }: Watched,
  { probeSessions, random, pause }: ProbePorts,
  pace: typeof PACE,
): Promise<boolean> {
  const control = await probeSessions.open({ account, role, path: rootPath(random.bytes(32)), agent: PROBE_IDENTITY });
  for (let attempt = 1; attempt <= CONTROLS; attempt += 1) {
    if ((await control.call()) === "answered") return true;
    await pause(pace.everyMs);
  }
  return false;
}

/** Whether IAM had, by then, a policy that denies the task's name or its agent, and not only what was issued before the ending. */
async function isWritten(watched: Watched, byMs: number, { policyWrites }: ProbePorts): Promise<boolean> {
  const { path, endedAtMs } = watched;
  const writes = await policyWrites.after(watched, endedAtMs - 1, WRITES_READ);
  return writes.some(
    ({ writtenAtMs, endings, byTimeAlone = [] }) =>
      writtenAtMs <= byMs && endings.includes(path) && !byTimeAlone.includes(path),
  );
}
