import type { Journal } from "../../contract/journal.ts";
import type { Read } from "../../contract/operation.ts";
import type { TaskEvent } from "../../contract/tasks.ts";
import { personInWords } from "../approvals/in-words.ts";
import type { PageProps } from "../page-props.ts";
import { Fact } from "../parts/facts.tsx";
import { Instant } from "../parts/instant.tsx";
import { Text } from "../parts/text.tsx";
import { useOnce } from "../parts/use-once.ts";

/** Voter in the log. */
interface Voter {
  readonly by: string;
  readonly groups: readonly string[];
  /** Epoch seconds. */
  readonly cast_at: number;
}

interface ApprovedByProps extends Pick<PageProps, "settings" | "session"> {
  /** Event by which the task's approval was used. */
  readonly used: Read<TaskEvent>;
}

/** Pause between two reads; milliseconds. The log is signed each minute. */
const EACH_MS = 60_000;

/** People who approved a task, each with their groups and time, by the log. Nothing where the person may not read the log. */
export function ApprovedBy({ used: { task, at }, ...signedIn }: ApprovedByProps) {
  // At the event's own time alone: a search without it begins at the end of the log, and may not reach back so far.
  const search = new URLSearchParams({ task, since: at, until: at });
  const { value } = useOnce<Pick<Read<Journal>, "events">>(`/v1/journal?${search}`, signedIn, EACH_MS);
  const found = value?.events.find(({ event: { of, type } }) => of === task && type === "approval.used");
  const voters = (found?.event.facts?.voters ?? []) as readonly Voter[];
  return voters.length === 0 ? null : (
    <Fact name="Approved by">
      {voters.map(({ by, groups, cast_at: castAt }) => (
        <div>
          <Text of={`${personInWords(by)} of ${groups.join(", ")}`} />, <Instant at={castAt * 1_000} />
        </div>
      ))}
    </Fact>
  );
}
