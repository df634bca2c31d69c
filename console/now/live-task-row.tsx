import type { Read } from "../../contract/operation.ts";
import type { ShownTask } from "../../contract/tasks.ts";
import type { PageProps } from "../page-props.ts";
import { Countdown } from "../parts/countdown.tsx";
import { Link } from "../parts/link.tsx";
import { Text } from "../parts/text.tsx";
import { EndButton } from "../tasks/end-button.tsx";
import { depthOf, mayInWords, statusInWords } from "../tasks/in-words.ts";

interface LiveTaskRowProps extends Pick<PageProps, "settings" | "session"> {
  readonly task: Read<ShownTask>;
  readonly after: () => void;
}

/** One live task in the list: its agent, purpose, grants and remaining time, and a button to end it. */
export const LiveTaskRow = ({ task, settings, session, after }: LiveTaskRowProps) => {
  const { id, agent, purpose, status, expires_at: expiresAt, authorization_details: details } = task;
  return (
    <div class="task-row">
      <Link to={`/tasks/${id}`} class="task-link">
        <span class="task-agent">
          {depthOf(id) > 0 && <span class="muted">sub-agent </span>}
          <Text of={agent} /> <code>{id}</code>
          {status !== "active" && <span class={`pill ${status}`}>{statusInWords(status)}</span>}
        </span>
        <span class="task-purpose">
          <Text of={purpose} />
        </span>
        <span class="task-may">
          <Text of={mayInWords(details)} />
        </span>
      </Link>
      <Countdown at={Date.parse(expiresAt) / 1_000} />
      <EndButton task={{ id, agent }} settings={settings} session={session} after={after} />
    </div>
  );
};
