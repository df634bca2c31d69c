import { useState } from "preact/hooks";
import { isVisible } from "../../decision/visible-text.ts";
import { Text } from "./text.tsx";

/**
 * Text for a terminal, such as a command, with a button to copy it. A text with hidden characters has no button: a terminal would obey what nobody
 * sees, and anybody can send a link to a page that writes its address into a command.
 * @param name name of the text for screen readers; the text itself by default.
 */
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
      <code>
        <Text of={line} />
      </code>
      {isVisible(line) ? (
        <button type="button" class="quiet" onClick={copy} aria-label={`Copy: ${name}`}>
          {isCopied ? "Copied" : "Copy"}
        </button>
      ) : (
        <span class="aside">Not to be copied: it holds characters that are not shown.</span>
      )}
    </div>
  );
}
