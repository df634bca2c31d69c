import { useState } from "preact/hooks";
import { isVisible } from "../../contract/decision/visible-text.ts";
import { Text } from "./text.tsx";

/**
 * Text of one line for a terminal, such as a command, with a button to copy it. A text with hidden characters has no button: a terminal would obey what nobody
 * sees, and anybody can send a link to a page that writes its address into a command.
 * @param name name of the text for screen readers; the text itself by default.
 */
export const Command = ({ line, name = line }: { readonly line: string; readonly name?: string }) => (
  <Copied lines={[line]} name={name} />
);

/** Text of several lines for a terminal, which the page itself made. */
export function Copied({ lines, name }: { readonly lines: readonly string[]; readonly name: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(lines.join("\n")).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <div class="command">
      <code>
        {lines.map((line, index) => (
          <>
            {index > 0 && "\n"}
            <Text of={line} />
          </>
        ))}
      </code>
      {lines.every(isVisible) ? (
        <button type="button" class="quiet" onClick={copy} aria-label={`Copy: ${name}`}>
          {isCopied ? "Copied" : "Copy"}
        </button>
      ) : (
        <span class="aside">Not to be copied: it holds characters that are not shown.</span>
      )}
    </div>
  );
}
