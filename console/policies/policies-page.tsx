import { useState } from "preact/hooks";
import { counted } from "../../contract/decision/counted.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import type { Read } from "../../contract/operation.ts";
import type { PolicyList } from "../../contract/policies.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Heading } from "../parts/heading.tsx";
import { Link } from "../parts/link.tsx";
import { Loading } from "../parts/loading.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { Text } from "../parts/text.tsx";
import { useOnce } from "../parts/use-once.ts";
import { cedarTokens } from "./cedar-tokens.ts";

type DeployedPolicy = Read<PolicyList>["policies"][number];

/** Deployed policies: all of them, or the one in the address. */
export function PoliciesPage({ settings, session, id }: PageProps) {
  const wanted = decoded(id);
  const [after, setAfter] = useState<string | undefined>(undefined);
  const [sought, setSought] = useState("");
  const query = after === undefined ? "" : `?after=${encodeURIComponent(after)}`;
  const { value, fault } = useOnce<Read<PolicyList>>(`/v1/policies${query}`, { settings, session });
  const shown =
    value?.policies.filter((policy) => (wanted === "" ? holds(policy, sought) : policy.id === wanted)) ?? [];
  return (
    <section>
      {wanted !== "" && (
        <p class="crumb">
          <Link to="/policies">Policies</Link>
        </p>
      )}
      <Heading title={wanted === "" ? "Policies" : visibleText(wanted)} />
      <ReadFault fault={fault} title="You may not see policies" settings={settings} session={session} />
      {!value && !fault && <Loading says="Reading the policies…" />}
      {value && (
        <>
          <p class="aside">
            As deployed, in the bundle <code class="hash">{value.bundle}</code>. Decisions record this hash. To change a
            policy, change its file in <code>policies/</code> and deploy.
          </p>
          <p class="ask">
            <Link to="/explain">Who decides about a request? Ask.</Link>
          </p>
          {wanted === "" && (
            <p class="search">
              <label for="sought">Search in them</label>
              <input
                id="sought"
                type="search"
                data-search
                value={sought}
                onInput={(event) => setSought(event.currentTarget.value)}
              />
            </p>
          )}
          <p role="status" class="muted">
            {counted(shown.length, "policy", "policies")}
          </p>
          {shown.length === 0 && (
            <div class="empty">
              <p class="empty-title">
                {wanted === "" ? "No policy holds this." : "No policy of this page has this id."}
              </p>
              <p>
                Policies are the <code>.cedar</code> files in <code>policies/</code> of the checkout that was deployed.
              </p>
            </div>
          )}
          {shown.map((policy) => (
            <Policy key={policy.id} policy={policy} />
          ))}
          {value.next !== undefined && (
            <div class="actions paged">
              <button type="button" onClick={() => setAfter(value.next)}>
                Next page
              </button>
            </div>
          )}
          <h2>As a command</h2>
          <Command line="npx valetkey policy check policies" />
        </>
      )}
    </section>
  );
}

const Policy = ({ policy: { id, effect, annotations, text } }: { readonly policy: DeployedPolicy }) => (
  <article class="policy">
    <h2>
      <Link to={`/policies/${encodeURIComponent(id)}`}>
        <Text of={id} />
      </Link>{" "}
      <span class={`pill ${effect}`}>{effect}</span>
      {annotations.mode === "shadow" && <span class="pill">only watched</span>}
    </h2>
    {annotations.description !== undefined && (
      <p>
        <Text of={annotations.description} />
      </p>
    )}
    <PolicyText name={visibleText(id)} text={text} />
  </article>
);

const holds = ({ id, text }: DeployedPolicy, sought: string): boolean =>
  `${id}\n${text}`.toLowerCase().includes(sought.toLowerCase());

const decoded = (id: string): string => {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
};

/** Text of a policy, with coloured tokens. @param name policy's name for screen readers. */
const PolicyText = ({ name, text }: { readonly name: string; readonly text: string }) => (
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
