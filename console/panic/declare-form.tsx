import { useRef, useState } from "preact/hooks";

/** Word that a person must type to declare a panic, so that none is declared by mistake. */
const WORD = "halt";
const REASON_CHARACTERS = 256;

interface DeclareFormProps {
  readonly isSending: boolean;
  readonly declare: (reason: string) => Promise<void>;
}

/** Form for the reason and the word. Declaring needs no vote, since it must work when nothing else does. */
export function DeclareForm({ isSending, declare }: DeclareFormProps) {
  const [reason, setReason] = useState("");
  const [word, setWord] = useState("");
  const [fault, setFault] = useState<Fault | undefined>(undefined);
  const fields = { reason: useRef<HTMLTextAreaElement>(null), word: useRef<HTMLInputElement>(null) };
  const send = (event: Event): void => {
    event.preventDefault();
    const found = faultIn(reason, word);
    setFault(found);
    if (found) fields[found.field].current?.focus();
    else void declare(reason.trim());
  };
  return (
    <form class="deny" onSubmit={send} noValidate>
      <h2>Halt everything</h2>
      <label for="reason">Reason</label>
      <textarea
        ref={fields.reason}
        id="reason"
        rows={2}
        maxLength={REASON_CHARACTERS}
        value={reason}
        onInput={({ currentTarget }) => setReason(currentTarget.value)}
        aria-describedby="reason-fault"
        aria-invalid={fault?.field === "reason"}
      />
      <p id="reason-fault" class="fault" role="alert">
        {fault?.field === "reason" && fault.says}
      </p>
      <label for="word">
        Type <code>{WORD}</code>
      </label>
      <input
        ref={fields.word}
        id="word"
        type="text"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={word}
        onInput={({ currentTarget }) => setWord(currentTarget.value)}
        aria-describedby="word-fault"
        aria-invalid={fault?.field === "word"}
      />
      <p id="word-fault" class="fault" role="alert">
        {fault?.field === "word" && fault.says}
      </p>
      <div class="actions">
        <button type="submit" class="danger" disabled={isSending}>
          {isSending ? "Halting everything…" : "Halt everything"}
        </button>
      </div>
    </form>
  );
}

/** Fault of one field, shown under it. */
interface Fault {
  readonly field: "reason" | "word";
  readonly says: string;
}

function faultIn(reason: string, word: string): Fault | undefined {
  if (reason.trim() === "")
    return { field: "reason", says: "Write the reason: it is in the journal, and on everybody’s page." };
  return word.trim().toLowerCase() === WORD
    ? undefined
    : { field: "word", says: `Type the word “${WORD}” to halt everything.` };
}
