import { useState } from "preact/hooks";
import { actLink } from "../../contract/decision/act-link.ts";
import type { Read } from "../../contract/operation.ts";
import type { PanicState } from "../../contract/panic.ts";
import { ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Heading } from "../parts/heading.tsx";
import { Instant } from "../parts/instant.tsx";
import { Loading } from "../parts/loading.tsx";
import { Notice } from "../parts/notice.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { Text } from "../parts/text.tsx";
import { useRead } from "../parts/use-read.ts";
import { DeclareForm } from "./declare-form.tsx";

/** Page with the state of the panic. A typed word declares it, and a sign-in for exactly that act lifts it. */
export function PanicPage({ settings, session }: PageProps) {
  const { value, fault, again } = useRead<Read<PanicState>>("/v1/panic", { settings, session });
  const [failed, setFailed] = useState<string | undefined>(undefined);
  const [isSending, setSending] = useState(false);
  const declare = async (reason: string): Promise<void> => {
    setSending(true);
    setFailed(undefined);
    try {
      await call(settings.api, "/v1/panic", session.token, { reason });
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      setFailed(faultInWords(error));
    }
    setSending(false);
    again();
  };
  return (
    <section>
      <Heading title="Panic" />
      <ReadFault fault={fault} title="You may not see the panic" settings={settings} session={session} />
      {!value && !fault && <Loading says="Reading the panic…" />}
      {value?.halted && <Halted panic={value} />}
      {value && !value.halted && (
        <>
          <p class="lead">Nothing is halted.</p>
          {value.lifted_at !== undefined && (
            <p class="aside">
              The last panic was lifted by <Text of={value.lifted_by ?? "nobody"} /> <Instant at={value.lifted_at} />.
            </p>
          )}
          <h2>What it does</h2>
          <ul class="points">
            <li>Nothing more is issued, renewed or shown to a tool server.</li>
            <li>AWS denies every call of every task within seconds.</li>
            <li>Every live task is ended over the next minutes. Issued keys stay dead after the panic is lifted.</li>
          </ul>
          {failed !== undefined && (
            <Notice tone="bad" title="The panic was not declared" isAwaited>
              <p>
                <Text of={failed} />
              </p>
            </Notice>
          )}
          <DeclareForm isSending={isSending} declare={declare} />
        </>
      )}
      <h2>As a command</h2>
      <Command
        line={
          value?.halted ? "npx valetkey panic --lift --yes" : 'npx valetkey panic --reason "an agent ran wild" --yes'
        }
      />
    </section>
  );
}

/** Declared panic. Lifting it needs a vote on the page of acts; this page sends nothing for it. */
const Halted = ({ panic }: { readonly panic: Read<PanicState> }) => (
  <>
    <Notice
      tone="bad"
      title={panic.resumes_at === undefined ? "Everything is halted" : "Lifted; nothing is issued yet"}
    >
      <p>
        Declared by <Text of={panic.declared_by ?? "nobody"} />
        {panic.declared_at && (
          <>
            , <Instant at={panic.declared_at} />
          </>
        )}
        : <Text of={panic.reason ?? "no reason"} />
      </p>
      {panic.resumes_at !== undefined && (
        <p>
          Agents get credentials again from <Instant at={panic.resumes_at} /> on.
        </p>
      )}
    </Notice>
    {panic.resumes_at === undefined && (
      <>
        <h2>Lift it</h2>
        <p>
          Agents get credentials again, a minute later. Credentials from before the panic stay dead. You sign in for
          exactly this act, on a page that shows it.
        </p>
        <div class="actions">
          <a class="button" href={actLink(location.origin, { path: "/v1/panic/lift", body: {} })}>
            Lift the panic…
          </a>
        </div>
      </>
    )}
  </>
);

function faultInWords({ isUnanswered, code, message }: ApiFault): string {
  if (code === "operator_denied") return "Policy does not let you declare a panic (valetkey:Panic). Tell an operator.";
  if (isUnanswered) return "No answer came. You can safely declare it again, or use the command below.";
  return message;
}
