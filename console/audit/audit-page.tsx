import { useEffect, useState } from "preact/hooks";
import type { Journal } from "../../contract/journal.ts";
import type { Read } from "../../contract/operation.ts";
import { ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Heading } from "../parts/heading.tsx";
import { Loading } from "../parts/loading.tsx";
import { Notice } from "../parts/notice.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { instantInWords } from "../parts/time-in-words.ts";
import { useOnce } from "../parts/use-once.ts";
import { goTo } from "../state.ts";
import { Checkpoint } from "./checkpoint.tsx";
import { Events } from "./events.tsx";
import {
  addressOf,
  commandOf,
  type DayAndTime,
  fieldsOf,
  NO_SEARCH,
  readSearch,
  type Search,
  searchIn,
  textOf,
} from "./search.ts";
import { WhoCould } from "./who-could.tsx";

/** Signed log, the latest event first, by agent, task, person, time and denials. The address holds the search, so that it can be sent. */
export function AuditPage({ settings, session, id }: PageProps) {
  const search = searchIn(id);
  const read = readSearch(search);
  const query = "query" in read ? read.query : undefined;
  const path = (...parts: readonly string[]): string | undefined =>
    query === undefined ? undefined : `/v1/journal?${[query, ...parts].filter(Boolean).join("&")}`.replace(/\?$/, "");
  const { value, fault } = useOnce<Read<Journal>>(path(), { settings, session });
  const [older, setOlder] = useState<readonly Read<Journal>[]>([]);
  const [isReading, setReading] = useState(false);
  const [says, setSays] = useState("");
  useEffect(() => setOlder([]), [query]);
  const last = older.at(-1) ?? value;
  const readOlder = async (before: number): Promise<void> => {
    const at = path(`before=${before}`);
    if (at === undefined) return;
    setReading(true);
    setSays("");
    try {
      const more = await call<Read<Journal>>(settings.api, at, session.token);
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
      <SearchForm key={id} search={search} />
      <ReadFault fault={fault} title="The log is not shown" settings={settings} session={session} />
      {"says" in read && (
        <Notice tone="bad" title="Nothing was searched">
          <p>{read.says}</p>
        </Notice>
      )}
      {query !== undefined && !value && !fault && <Loading says="Reading the log…" />}
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
          <WhoCould bucket={value.checkpoint.bucket} />
        </>
      )}
    </section>
  );
}

const LABELS = {
  agent: ["Agent", "report-agent"],
  task: ["Task", "k7f3m2q9x4ab_"],
  person: ["Person", "staff|ann"],
} as const;

const TIMES = { since: "Since", until: "Until" } as const;

function SearchForm({ search }: { readonly search: Search }) {
  const [fields, setFields] = useState(search);
  const [times, setTimes] = useState({ since: fieldsOf(search.since), until: fieldsOf(search.until) });
  const go = (event: Event): void => {
    event.preventDefault();
    const address = addressOf({ ...fields, since: textOf(times.since), until: textOf(times.until) });
    goTo(address === "" ? "/audit" : `/audit/${address}`);
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
      {(["since", "until"] as const).map((name) => (
        <TimeFields name={name} value={times[name]} onChange={(value) => setTimes({ ...times, [name]: value })} />
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
        {addressOf(search) !== "" && (
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

interface TimeFieldsProps {
  readonly name: keyof typeof TIMES;
  readonly value: DayAndTime;
  readonly onChange: (value: DayAndTime) => void;
}

/** Fields of a day, and of a time in it that may be left out, both in UTC. */
const TimeFields = ({ name, value, onChange }: TimeFieldsProps) => (
  <fieldset class="field time-fields">
    <legend>{TIMES[name]} (UTC)</legend>
    <input
      type="date"
      aria-label={`${TIMES[name]}: day`}
      value={value.day}
      required={value.time !== ""}
      onInput={(event) => onChange({ ...value, day: event.currentTarget.value })}
    />
    <input
      type="time"
      aria-label={`${TIMES[name]}: time; the whole day where it is empty`}
      value={value.time}
      step={value.time.length > 8 ? 0.001 : 1}
      onInput={(event) => onChange({ ...value, time: event.currentTarget.value })}
    />
  </fieldset>
);
