import { useEffect, useState } from "preact/hooks";
import type { EscalationList } from "../../contract/escalations.ts";
import type { Read } from "../../contract/operation.ts";
import { ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Heading } from "../parts/heading.tsx";
import { Link } from "../parts/link.tsx";
import { Loading } from "../parts/loading.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { useRead } from "../parts/use-read.ts";
import { EscalationRows } from "./escalation-rows.tsx";
import { commandOf, queryOf, questionIn } from "./in-words.ts";
import { NoEscalation } from "./no-escalation.tsx";

/** Findings of the escalation rules within 90 days: all, or those of the agent or tree in the address. */
export function EscalationsPage({ settings, session, id }: PageProps) {
  const question = questionIn(id);
  const path = `/v1/escalations${queryOf(question)}`;
  const { value, fault } = useRead<Read<EscalationList>>(path, { settings, session });
  const [older, setOlder] = useState<readonly Read<EscalationList>[]>([]);
  const [isReading, setReading] = useState(false);
  const [says, setSays] = useState("");
  useEffect(() => setOlder([]), [path]);
  const next = (older.at(-1) ?? value)?.next;
  const readOlder = async (after: string): Promise<void> => {
    setReading(true);
    setSays("");
    try {
      const mark = `${queryOf(question) === "" ? "?" : "&"}after=${encodeURIComponent(after)}`;
      const more = await call<Read<EscalationList>>(settings.api, `${path}${mark}`, session.token);
      setOlder([...older, more.value]);
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      setSays(error.message);
    }
    setReading(false);
  };
  const rows = [value, ...older].flatMap((page) => page?.escalations ?? []);
  return (
    <section>
      <p class="crumb">
        <Link to="/">Everything alive</Link>
      </p>
      <Heading title="Escalations" />
      {question.agent !== undefined && (
        <p class="lead">
          About the agent <Link to={`/agents/${question.agent}`}>{question.agent}</Link>.
        </p>
      )}
      {question.tree !== undefined && (
        <p class="lead">
          About the task <Link to={`/tasks/${question.tree}`}>{question.tree}</Link> and the others of its tree.
        </p>
      )}
      <ReadFault fault={fault} title="You may not see escalations" settings={settings} session={session} />
      {!value && !fault && <Loading says="Reading the escalations…" />}
      {value && rows.length === 0 && <NoEscalation within="90 days" />}
      {rows.length > 0 && <EscalationRows rows={rows} />}
      {next !== undefined && (
        <div class="actions">
          <button type="button" disabled={isReading} onClick={() => readOlder(next)}>
            {isReading ? "Looking…" : "Look further back"}
          </button>
        </div>
      )}
      <p role="status">{says}</p>
      {value && (
        <>
          <h2>As a command</h2>
          <Command line={commandOf(question)} />
        </>
      )}
    </section>
  );
}
