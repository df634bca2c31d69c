import { useState } from "preact/hooks";

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
  const [fault, setFault] = useState("");
  const send = (event: Event): void => {
    event.preventDefault();
    const found = faultIn(reason, word);
    setFault(found);
    if (found === "") void declare(reason.trim());
  };
  return (
    <form class="deny" onSubmit={send} noValidate>
      <h2>Halt everything</h2>
      <label for="reason">Reason</label>
      <textarea
        id="reason"
        rows={2}
        maxLength={REASON_CHARACTERS}
        value={reason}
        onInput={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <label for="word">
        Type <code>{WORD}</code>
      </label>
      <input
        id="word"
        type="text"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={word}
        onInput={({ currentTarget }) => setWord(currentTarget.value)}
      />
      <p class="fault" role="alert">
        {fault}
      </p>
      <div class="actions">
        <button type="submit" class="danger" disabled={isSending}>
          {isSending ? "Halting everything…" : "Halt everything"}
        </button>
      </div>
    </form>
  );
}

function faultIn(reason: string, word: string): string {
  if (reason.trim() === "") return "Write the reason: it is in the journal, and on everybody’s page.";
  return word.trim().toLowerCase() === WORD ? "" : `Type the word “${WORD}” to halt everything.`;
}
