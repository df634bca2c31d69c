import { useState } from "preact/hooks";
import { Notice } from "../parts/notice.tsx";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import { EndButton } from "../tasks/end-button.tsx";
import type { ProvenRecord, Shown } from "./prove-record.ts";

interface EndTaskProps {
  readonly task: NonNullable<Shown["task"]>;
  readonly agent: ProvenRecord["record"]["agent"];
  readonly settings: ConsoleSettings;
  readonly session: Session;
  /** Reads the request again. */
  readonly again: () => void;
}

/** Button that ends the task that has its key by an approval, and the outcome. */
export function EndTask({ task, agent, settings, session, again }: EndTaskProps) {
  const [isEnded, setEnded] = useState(false);
  const after = (): void => {
    setEnded(true);
    again();
  };
  if (isEnded)
    return (
      <Notice tone="good" title="The task is ended" isAwaited>
        <p>AWS denies its keys within seconds.</p>
      </Notice>
    );
  return task.live ? (
    <EndButton
      task={{ id: task.id, agent: agent.id }}
      rest="End the task…"
      settings={settings}
      session={session}
      after={after}
    />
  ) : null;
}
