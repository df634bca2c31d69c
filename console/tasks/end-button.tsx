import { useEffect, useRef, useState } from "preact/hooks";
import { visibleText } from "../../decision/visible-text.ts";
import { ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { addEnding } from "./endings.ts";

interface EndButtonProps extends Pick<PageProps, "settings" | "session"> {
  readonly task: { readonly id: string; readonly agent: string };
  /** Called once the task has ended. */
  readonly after: () => void;
}

/** Ends a task at the second press. It only takes away, so it asks for no sign-in of its own. */
export function EndButton({ task: { id, agent }, settings, session, after }: EndButtonProps) {
  const [step, setStep] = useState<"rest" | "sure" | "sending">("rest");
  const [fault, setFault] = useState<string | undefined>(undefined);
  const sure = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (step === "sure") sure.current?.focus();
  }, [step]);
  const end = async (): Promise<void> => {
    setStep("sending");
    setFault(undefined);
    try {
      await call(settings.api, `/v1/tasks/${encodeURIComponent(id)}/end`, session.token, {});
      addEnding({ id, agent });
      after();
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      setFault(faultInWords(error));
    }
    setStep("rest");
  };
  if (step === "rest")
    return (
      <span class="end">
        <button
          type="button"
          class="small"
          onClick={() => setStep("sure")}
          aria-label={`End the task ${id} of ${visibleText(agent)}`}
        >
          End…
        </button>
        {fault !== undefined && (
          <span role="alert" class="fault">
            {fault}
          </span>
        )}
      </span>
    );
  return (
    <span class="end">
      <button ref={sure} type="button" class="small danger" disabled={step === "sending"} onClick={end}>
        {step === "sending" ? "Ending…" : "End it now"}
      </button>
      {step === "sure" && (
        <button type="button" class="small quiet" onClick={() => setStep("rest")}>
          Keep
        </button>
      )}
    </span>
  );
}

/** Says why a task was not ended, and what to do. */
export function faultInWords({ isUnanswered, code, message, kind }: ApiFault): string {
  if (kind === "signed_out") return "Your sign-in has ended: sign in again.";
  if (code === "operator_denied") return "Policy does not let you end tasks (valetkey:EndTask). Tell an operator.";
  return isUnanswered ? "No answer came. Ending it again does no harm." : message;
}
