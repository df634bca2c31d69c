import { visibleText } from "../../contract/decision/visible-text.ts";
import { ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { SureButton } from "../parts/sure-button.tsx";
import { addEnding } from "./endings.ts";

interface EndButtonProps extends Pick<PageProps, "settings" | "session"> {
  readonly task: { readonly id: string; readonly agent: string };
  /** Text of the button before its first press. */
  readonly rest?: string;
  /** Called once the task has ended. */
  readonly after: () => void;
}

/** Button that ends a task at the second press. Needs no sign-in of its own, since ending only removes permissions. */
export function EndButton({ task: { id, agent }, rest = "End…", settings, session, after }: EndButtonProps) {
  const end = async (): Promise<string | undefined> => {
    try {
      await call(settings.api, `/v1/tasks/${encodeURIComponent(id)}/end`, session.token, {});
      addEnding({ id, agent });
      after();
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      return faultInWords(error);
    }
  };
  return (
    <SureButton
      rest={rest}
      name={`End the task ${id} of ${visibleText(agent)}`}
      sure="End it now"
      sending="Ending…"
      act={end}
    />
  );
}

/** Describes why a task was not ended, and what to do. */
function faultInWords({ isUnanswered, code, message, kind }: ApiFault): string {
  if (kind === "signed_out") return "Your sign-in has ended: sign in again.";
  if (code === "operator_denied") return "Policy does not let you end tasks (valetkey:EndTask). Tell an operator.";
  return isUnanswered ? "No answer came. You can safely end it again." : message;
}
