import { useState } from "preact/hooks";
import { ApiFault, call } from "../api.ts";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import type { Shown } from "./prove-record.ts";

interface EndTaskProps {
  readonly task: NonNullable<Shown["task"]>;
  readonly settings: ConsoleSettings;
  readonly session: Session;
  /** Reads the request again. */
  readonly again: () => void;
}

/** Ends the task that has its key by an approval. Needs no sign-in of its own, since ending only removes permissions. */
export function EndTask({ task, settings, session, again }: EndTaskProps) {
  const [isSending, setSending] = useState(false);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [isEnded, setEnded] = useState(false);
  const end = async (): Promise<void> => {
    setSending(true);
    setFault(undefined);
    try {
      await call(settings.api, `/v1/tasks/${encodeURIComponent(task.id)}/end`, session.token, {});
      setEnded(true);
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      setFault(inWords(error));
    }
    setSending(false);
    again();
  };
  return (
    <>
      <div aria-live="polite">
        {isEnded && (
          <Notice tone="good" title="The task is ended" isAwaited>
            <p>AWS denies its keys within seconds.</p>
          </Notice>
        )}
        {fault !== undefined && (
          <Notice tone="bad" title="The task was not ended" isAwaited>
            <p>
              <Text of={fault} />
            </p>
          </Notice>
        )}
      </div>
      {!isEnded && task.live && (
        <div class="actions">
          <button type="button" disabled={isSending} onClick={end}>
            {isSending ? "Ending its task…" : "End its task"}
          </button>
        </div>
      )}
    </>
  );
}

function inWords({ isUnanswered, code, message }: ApiFault): string {
  if (code === "operator_denied") return "Policy does not let you end tasks (valetkey:EndTask). Tell an operator.";
  if (isUnanswered) return "No answer came. You can safely end it again.";
  return message;
}
