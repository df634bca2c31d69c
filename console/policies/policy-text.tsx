import { Text } from "../parts/text.tsx";
import { cedarTokens } from "./cedar-tokens.ts";

/** Text of a policy, with coloured tokens. @param name policy's name for screen readers. */
export const PolicyText = ({ name, text }: { readonly name: string; readonly text: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
  <section class="cedar" aria-label={`Text of ${name}`} tabIndex={0}>
    <pre>
      {cedarTokens(text).map(({ kind, text: part }) =>
        kind === "plain" ? <Lines of={part} /> : <span class={`cedar-${kind}`}>{<Text of={part} />}</span>,
      )}
    </pre>
  </section>
);

/** Plain text, with its line breaks and white space. Shows other invisible characters as escapes. */
const Lines = ({ of }: { readonly of: string }) => (
  <>{of.split(/(\n)/).map((part) => (part === "\n" || part.trim() === "" ? part : <Text of={part} />))}</>
);
