import type {
  Observation,
  ObservationIn,
  Observations,
  Watched,
} from "../../../functions/core/revocation/observation.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";

/** Fake of the probes' observations, in memory. */
export class FakeObservations implements Observations {
  readonly known = new Map<string, ObservationIn & { readonly path: TaskPath }>();
  before: () => void = () => undefined;

  async record({ path, account, role }: Watched, observation: Observation): Promise<void> {
    this.before();
    const key = `${path} ${account} ${role}`;
    if (!this.known.has(key)) this.known.set(key, { path, role: { account, role }, observation });
  }

  async of(path: TaskPath): Promise<readonly ObservationIn[]> {
    const own = [...this.known.values()].filter((each) => each.path === path);
    return own.map(({ role, observation }) => ({ role, observation }));
  }
}
