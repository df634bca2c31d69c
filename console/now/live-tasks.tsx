import type { AccountNames } from "../../contract/decision/account-names.ts";
import { mayInWords } from "../../contract/decision/may-in-words.ts";
import type { Read } from "../../contract/operation.ts";
import type { ShownTask } from "../../contract/tasks.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Countdown } from "../parts/countdown.tsx";
import { Link } from "../parts/link.tsx";
import { Loading } from "../parts/loading.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { Text } from "../parts/text.tsx";
import { VirtualList } from "../parts/virtual-list.tsx";
import { EndButton } from "../tasks/end-button.tsx";
import { depthOf, statusInWords } from "../tasks/in-words.ts";
import { useLiveTasks } from "./use-live-tasks.ts";

interface LiveTasksProps extends Pick<PageProps, "settings" | "session"> {
  /** Agent whose tasks are shown; empty for all. */
  readonly agent: string;
  /** Number of the agent's live tasks, by the overview. */
  readonly live: number;
}

/** Height of a row in rem. */
const ROW = { wide: 6.25, narrow: 9.5 } as const;

/** Live tasks. Reads and draws only the visible ones. */
export function LiveTasks({ agent, live, settings, session }: LiveTasksProps) {
  const { tasks, names, hasMore, isRead, fault, again, see } = useLiveTasks(agent, { settings, session });
  if (fault?.kind === "refused")
    return <ReadFault fault={fault} title="You may not list tasks" settings={settings} session={session} />;
  if (!isRead) return <Loading says="Reading the tasks…" />;
  if (tasks.length === 0)
    return (
      <div class="empty">
        <p class="empty-title">No task is alive.</p>
        <p>A task appears here when an agent requests a key, for instance with this command:</p>
        <Command line="npx valetkey exec --help" />
      </div>
    );
  // Until all are read, the list has the length of the overview's count, so that the scroll bar is right.
  const count = hasMore ? Math.max(live, tasks.length + 1) : tasks.length;
  return (
    <VirtualList
      count={count}
      label="Live tasks"
      rowRem={ROW}
      onRange={see}
      row={(index) => {
        const task = tasks[index];
        return task
          ? {
              key: task.id,
              children: <LiveTaskRow task={task} names={names} settings={settings} session={session} after={again} />,
            }
          : { key: `row ${index}`, children: <span class="skeleton-row" aria-hidden="true" /> };
      }}
    />
  );
}

interface LiveTaskRowProps extends Pick<PageProps, "settings" | "session"> {
  readonly task: Read<ShownTask>;
  readonly names: AccountNames;
  readonly after: () => void;
}

/** One live task in the list: its agent, purpose, grants and remaining time, and a button to end it. */
const LiveTaskRow = ({ task, names, settings, session, after }: LiveTaskRowProps) => {
  const { id, agent, purpose, status, expires_at: expiresAt, authorization_details: details } = task;
  return (
    <div class="task-row">
      <Link to={`/tasks/${id}`} class="task-link">
        <span class="task-agent">
          {depthOf(id) > 0 && <span class="muted">sub-agent </span>}
          <Text of={agent} /> <code>{id}</code>
          {status !== "active" && <span class={`pill ${status}`}>{statusInWords(task)}</span>}
        </span>
        <span class="task-purpose">
          <Text of={purpose} />
        </span>
        <span class="task-may">
          <Text of={mayInWords(details, names)} />
        </span>
      </Link>
      {/* A waiting task outlives its request by the time in which a key is to be fetched; the request's own page has its end. */}
      {!task.approval && <Countdown at={Date.parse(expiresAt) / 1_000} />}
      <EndButton task={{ id, agent }} settings={settings} session={session} after={after} />
    </div>
  );
};
