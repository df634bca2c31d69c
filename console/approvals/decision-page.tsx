import { useEffect, useState } from "preact/hooks";
import { durationInWords, keysInWords } from "../../contract/decision/request-in-words.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import { call } from "../api.ts";
import { Command } from "../parts/command.tsx";
import { Heading } from "../parts/heading.tsx";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { useNow } from "../parts/use-now.ts";
import { usePolled } from "../parts/use-polled.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import { SignedOut } from "../sign-in/signed-out.tsx";
import { heldVote } from "../state.ts";
import { Acts, type ActsProps } from "./acts.tsx";
import { Earlier } from "./earlier.tsx";
import { EndTask } from "./end-task.tsx";
import { refusalInWords } from "./in-words.ts";
import type { Shown } from "./prove-record.ts";
import { type ProvenRecord, proveRecord, type Unproven } from "./prove-record.ts";
import { RecordView } from "./record-view.tsx";

interface DecisionPageProps {
  readonly id: string;
  readonly settings: ConsoleSettings;
  readonly session: Session;
}

/** State of the page after the API's last answer. */
interface Judged {
  readonly shown: Shown;
  readonly proven: ProvenRecord | Unproven;
}

/** Page on which a person decides about one request. Proves the record, then shows it, then lets the person decide. */
export function DecisionPage({ id, settings, session }: DecisionPageProps) {
  const at = `/v1/approvals/${encodeURIComponent(id)}`;
  const { value, fault, again } = usePolled(() => call<Shown>(settings.api, at, session.token), session.token);
  const [judged, setJudged] = useState<Judged | undefined>(undefined);
  const [seen, setSeen] = useState(heldVote.peek()?.hashes[id]);
  useEffect(() => {
    if (!value) return;
    let isStale = false;
    void proveRecord(value, { id, api: settings.api, hash: seen }).then((proven) => {
      if (isStale) return;
      setJudged({ shown: value, proven });
      if ("record" in proven) setSeen(proven.hash);
    });
    return () => {
      isStale = true;
    };
  }, [value]);
  return (
    <section>
      <p class="crumb">
        <Link to="/approvals">All requests</Link>
      </p>
      {fault?.kind === "signed_out" && <SignedOut settings={settings} session={session} />}
      {fault?.kind === "refused" && (
        <>
          <Heading title="No request to show" />
          <Notice tone="bad">
            <p>{refusalInWords(fault)}</p>
          </Notice>
        </>
      )}
      {!judged && !fault && (
        <>
          <Heading title="Request for approval" />
          <p role="status">Reading the request…</p>
        </>
      )}
      {judged &&
        ("record" in judged.proven ? (
          <Decision
            shown={judged.shown}
            proven={judged.proven}
            settings={settings}
            session={session}
            isSignedOut={fault !== undefined}
            again={again}
          />
        ) : (
          <Forged unproven={judged.proven} />
        ))}
    </section>
  );
}

/** Warning in place of an unproven record. Shows nothing of the record, since a person would believe it. */
const Forged = ({ unproven: { says, computed, claimed } }: { readonly unproven: Unproven }) => (
  <>
    <Heading title="Do not approve this" />
    <Notice tone="bad" title={says} isAwaited>
      <p>
        This page did not receive one consistent request that a person could sign. Somebody may be showing you one
        request to make you sign another. Tell the people who run valetkey. Until they have checked, approve it nowhere.
      </p>
      {computed !== undefined && (
        <dl class="facts">
          <div>
            <dt>This page computes</dt>
            <dd>{computed}</dd>
          </div>
          <div>
            <dt>It should be</dt>
            <dd>{claimed}</dd>
          </div>
        </dl>
      )}
    </Notice>
  </>
);

/** One request, with the acts that the person can perform on it. */
function Decision({ shown, proven, ...rest }: Omit<ActsProps, "status">) {
  const { record } = proven;
  const isOver = useNow() / 1_000 >= record.expires_at;
  const status = shown.status === "pending" && isOver ? "expired" : shown.status;
  return (
    <article>
      <Heading title={`${visibleText(record.agent.name)} asks for ${keysInWords(record)}`}>
        <Text of={record.agent.name} /> asks for {keysInWords(record)} for {durationInWords(record.ttl)}
      </Heading>
      <RecordView shown={shown} proven={proven} status={status} level={2}>
        {shown.task && !rest.isSignedOut && <EndTask task={shown.task} agent={record.agent} {...rest} />}
      </RecordView>
      <Earlier id={record.id} settings={rest.settings} session={rest.session} />
      <Acts shown={shown} proven={proven} status={status} {...rest} />
      <details>
        <summary>As a command</summary>
        <Command line={`npx valetkey approvals show ${record.id}`} />
        {status === "pending" && (
          <>
            <Command line={`npx valetkey approvals approve ${record.id}`} />
            <Command line={`npx valetkey approvals deny ${record.id} --reason "…"`} />
          </>
        )}
        {shown.task?.live && <Command line={`npx valetkey revoke ${shown.task.id}`} />}
      </details>
    </article>
  );
}
