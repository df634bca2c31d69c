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
import { type DeployedPolicy, isGuard } from "./guards.ts";
import { Marks, Policies, PolicyText } from "./policy-list.tsx";

/** Deployed policies: all of them, or the one in the address. */
export function PoliciesPage({ settings, session, id }: PageProps) {
  const wanted = decoded(id);
  const [after, setAfter] = useState<string | undefined>(undefined);
  const [sought, setSought] = useState("");
  const query = after === undefined ? "" : `?after=${encodeURIComponent(after)}`;
  const { value, fault } = useOnce<Read<PolicyList>>(`/v1/policies${query}`, { settings, session });
  const shown =
    value?.policies.filter((policy) => (wanted === "" ? holds(policy, sought) : policy.id === wanted)) ?? [];
  const isList = wanted === "";
  const own = isList ? shown.filter((policy) => !isGuard(policy)) : [];
  const guards = isList ? shown.filter(isGuard) : [];
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
          {wanted !== "" && shown.map((policy) => <Alone key={policy.id} policy={policy} />)}
          {own.length > 0 && (
            <Policies
              title="Your own"
              policies={own}
              says="What people of your deployment wrote: permits, and forbids."
            />
          )}
          {guards.length > 0 && (
            <Policies
              title="Guards"
              policies={guards}
              says="Forbids that every deployment has. They hold whatever a permit says."
            />
          )}
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

/** Policy of the address, open. */
const Alone = ({ policy: { id, effect, annotations, text } }: { readonly policy: DeployedPolicy }) => (
  <article>
    <p class="state">
      <Marks effect={effect} annotations={annotations} />
    </p>
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
