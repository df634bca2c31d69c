import { useState } from "preact/hooks";
import { visibleText } from "../../contract/decision/visible-text.ts";
import { Link } from "../parts/link.tsx";
import { Text } from "../parts/text.tsx";
import { cedarTokens } from "./cedar-tokens.ts";
import type { DeployedPolicy } from "./guards.ts";

interface PoliciesProps {
  readonly title: string;
  readonly policies: readonly DeployedPolicy[];
  /** Sentence about the policies of this kind. */
  readonly says: string;
}

/** Policies of one kind, a line each. A line that is opened shows the policy's text. */
export const Policies = ({ title, policies, says }: PoliciesProps) => (
  <>
    <h2>
      {title} <span class="count">{policies.length}</span>
    </h2>
    <p class="aside">{says}</p>
    <ul class="policies" aria-label={title}>
      {policies.map((policy) => (
        <li key={policy.id}>
          <Policy policy={policy} />
        </li>
      ))}
    </ul>
  </>
);

/** One policy: its id and effect, and once opened its text. The text is drawn only then, since a page has 200 policies. */
function Policy({ policy: { id, effect, annotations, text } }: { readonly policy: DeployedPolicy }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="policy" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <span class="policy-id">
          <Text of={id} />
        </span>
        <Marks effect={effect} annotations={annotations} />
        {annotations.description !== undefined && (
          <span class="policy-says">
            <Text of={annotations.description} />
          </span>
        )}
      </summary>
      {isOpen && (
        <>
          <PolicyText name={visibleText(id)} text={text} />
          <p class="aside">
            <Link to={`/policies/${encodeURIComponent(id)}`}>Address of this policy alone</Link>
          </p>
        </>
      )}
    </details>
  );
}

/** Effect of a policy, and its mode where it is only watched. */
export const Marks = ({ effect, annotations }: Pick<DeployedPolicy, "effect" | "annotations">) => (
  <>
    <span class={`pill ${effect}`}>{effect}</span>
    {annotations.mode === "shadow" && <span class="pill">only watched</span>}
  </>
);

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
