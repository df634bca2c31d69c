import { useState } from "preact/hooks";

/** Text for a terminal, such as a command, with a button to copy it. @param name name of the text for screen readers; the text itself by default. */
export function Command({ line, name = line }: { readonly line: string; readonly name?: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(line).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <div class="command">
      <code>{line}</code>
      <button type="button" class="quiet" onClick={copy} aria-label={`Copy: ${name}`}>
        {isCopied ? "Copied" : "Copy"}
      </button>
    </div>
  );
}
