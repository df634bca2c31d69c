import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isPlainText } from "../../functions/core/text/plain-text.ts";
import { REASON_CHARACTERS } from "./in-words.ts";

interface DenyFormProps {
  readonly isSending: boolean;
  readonly deny: (reason: string) => void;
  readonly cancel: () => void;
}

/** Form for the reason of a denial. The reason is required, since the agent and its owner need it to do better. */
export function DenyForm({ isSending, deny, cancel }: DenyFormProps) {
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const text = reason.replaceAll(/\s+/g, " ").trim();
  const fault = faultOf(text);
  return (
    <form
      class="deny"
      onKeyDown={({ key }) => key === "Escape" && cancel()}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (fault === undefined) deny(text);
        else field.current?.focus();
      }}
    >
      <label for="reason">Reason</label>
      <p id="reason-hint" class="aside">
        The agent and its owner read it. {text.length} of {REASON_CHARACTERS} characters.
      </p>
      <textarea
        ref={field}
        id="reason"
        rows={3}
        value={reason}
        onInput={({ currentTarget }) => setReason(currentTarget.value)}
        aria-describedby="reason-hint reason-fault"
        aria-invalid={isTried && fault !== undefined}
      />
      <p id="reason-fault" class="fault" role="alert">
        {isTried && fault}
      </p>
      <div class="actions">
        <button type="submit" class="danger" disabled={isSending}>
          Deny
        </button>
        <button type="button" class="quiet" onClick={cancel}>
          Back
        </button>
      </div>
    </form>
  );
}

function faultOf(text: string): string | undefined {
  if (text === "") return "Write the reason, in a few words.";
  if (text.length > REASON_CHARACTERS) return `Use at most ${REASON_CHARACTERS} characters.`;
  return isPlainText(text) ? undefined : "Remove the invisible characters.";
}
