import { useEffect, useState } from "preact/hooks";
import type { Journal } from "../../contract/journal.ts";
import type { Read } from "../../contract/operation.ts";
import { ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Heading } from "../parts/heading.tsx";
import { Loading } from "../parts/loading.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { instantInWords } from "../parts/time-in-words.ts";
import { useOnce } from "../parts/use-once.ts";
import { goTo } from "../state.ts";
import { Checkpoint } from "./checkpoint.tsx";
import { Events } from "./events.tsx";
import { commandOf, NO_SEARCH, queryOf, type Search, searchIn } from "./search.ts";

/** Signed log, newest first, by agent, task, person, time and denials. The address holds the search, so that it can be sent. */
export function AuditPage({ settings, session, id }: PageProps) {
  const search = searchIn(id);
  const query = queryOf(search);
  const path = (more: string): string =>
    `/v1/journal${[query, more].filter((each) => each !== "").length > 0 ? "?" : ""}${[query, more].filter((each) => each !== "").join("&")}`;
  const { value, fault } = useOnce<Read<Journal>>(path(""), { settings, session });
  const [older, setOlder] = useState<readonly Read<Journal>[]>([]);
  const [isReading, setReading] = useState(false);
  const [says, setSays] = useState("");
  useEffect(() => setOlder([]), [query]);
  const last = older.at(-1) ?? value;
  const readOlder = async (before: number): Promise<void> => {
    setReading(true);
    setSays("");
    try {
      const more = await call<Read<Journal>>(settings.api, path(`before=${before}`), session.token);
      setOlder([...older, more.value]);
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      setSays(error.message);
    }
    setReading(false);
  };
  const rows = [value, ...older].flatMap((answer) => answer?.events ?? []);
  return (
    <section>
      <Heading title="Audit" />
      <SearchForm key={query} search={search} />
      <ReadFault fault={fault} title="The log is not shown" settings={settings} session={session} />
      {!value && !fault && <Loading says="Reading the log…" />}
      {value && (
        <>
          <Checkpoint answer={value} />
          <h2>
            Events <span class="count">{rows.length}</span>
          </h2>
          {rows.length === 0 && (
            <div class="empty">
              <p class="empty-title">No event fits.</p>
              <p>The newest events take {value.waits_seconds} s to get into the log. Leave out a field to see more.</p>
            </div>
          )}
          <Events rows={rows} />
          <p class="aside" role="status">
            Searched the places {last?.searched.from} to {value.searched.to} of the log
            {last?.searched.back_to === undefined ? "" : `, back to ${instantInWords(last.searched.back_to)}`}. {says}
          </p>
          {last?.before !== undefined && (
            <div class="actions">
              <button type="button" disabled={isReading} onClick={() => readOlder(last.before ?? 0)}>
                {isReading ? "Looking…" : "Look further back"}
              </button>
            </div>
          )}
          <h2>As a command</h2>
          <Command line={commandOf(search, value.checkpoint.bucket)} />
        </>
      )}
    </section>
  );
}

const LABELS = {
  agent: ["Agent", "report-agent"],
  task: ["Task", "k7f3m2q9x4ab_"],
  person: ["Person", "staff|ann"],
  since: ["Since", "2026-11-24"],
  until: ["Until", "2026-11-25"],
} as const;

function SearchForm({ search }: { readonly search: Search }) {
  const [fields, setFields] = useState(search);
  const go = (event: Event): void => {
    event.preventDefault();
    const query = queryOf(fields);
    goTo(query === "" ? "/audit" : `/audit/${query}`);
  };
  return (
    <form class="search-form" onSubmit={go} aria-label="Search of the log">
      {Object.entries(LABELS).map(([name, [label, hint]]) => (
        <p class="field">
          <label for={`search-${name}`}>{label}</label>
          <input
            id={`search-${name}`}
            data-search
            value={fields[name as keyof typeof LABELS]}
            placeholder={hint}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
          />
        </p>
      ))}
      <label class="check">
        <input
          type="checkbox"
          checked={fields.denied}
          onChange={(event) => setFields({ ...fields, denied: event.currentTarget.checked })}
        />
        Denials alone
      </label>
      <div class="actions">
        <button type="submit" class="primary">
          Search
        </button>
        {queryOf(search) !== "" && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              setFields(NO_SEARCH);
              goTo("/audit");
            }}
          >
            Everything
          </button>
        )}
      </div>
    </form>
  );
}
