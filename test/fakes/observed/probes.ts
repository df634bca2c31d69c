import type {
  CallOutcome,
  ProbeQueue,
  ProbeSession,
  ProbeSessions,
  Watched,
} from "../../../functions/core/revocation/observation.ts";

/** Fake probe queue, in memory. */
export class FakeProbeQueue implements ProbeQueue {
  readonly sent: Watched[] = [];
  before: () => void = () => undefined;

  async send(watched: readonly Watched[]): Promise<void> {
    this.before();
    this.sent.push(...watched);
  }
}

type Opened = Omit<Watched, "endedAtMs">;

/** Fake probe sessions. The test sets the outcomes of their calls. */
export class FakeProbeSessions implements ProbeSessions {
  readonly opened: Opened[] = [];
  calls = 0;
  before: (as: Opened) => void = () => undefined;
  /** Returns the outcome of a session's call. */
  outcome: (as: Opened) => CallOutcome = () => "answered";

  async open(as: Opened): Promise<ProbeSession> {
    this.before(as);
    this.opened.push(as);
    return {
      call: async () => {
        this.calls += 1;
        return this.outcome(as);
      },
    };
  }
}
