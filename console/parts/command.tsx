import { useState } from "preact/hooks";

/** Text for a terminal, such as the same as a command, to be copied. @param name the text's name for whoever hears the page; the text itself unless given. */
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
