import type { Ledger, LedgerRow } from "../../contract/ledger.ts";
import type { Read } from "../../contract/operation.ts";
import type { PageProps } from "../page-props.ts";
import { Loading } from "../parts/loading.tsx";
import { ReadFault } from "../parts/read-fault.tsx";
import { Text } from "../parts/text.tsx";
import { useRead } from "../parts/use-read.ts";

/** Reasons why a row may show fewer calls than were made. */
const UNSEEN: Readonly<Record<string, string>> = {
  data_event_not_selected: "not seen: no trail selects such calls",
  region_not_forwarded: "not seen: nobody forwards this Region’s calls",
  never_logged: "not seen: CloudTrail has no event for it",
};

/** Bars of granted, used and denied calls, as CloudTrail reports them minutes later. */
export function LedgerTable({
  id,
  hasNoKey,
  settings,
  session,
}: Pick<PageProps, "id" | "settings" | "session"> & { readonly hasNoKey: boolean }) {
  const { value, fault } = useRead<Read<Ledger>>(`/v1/tasks/${encodeURIComponent(id)}/ledger`, { settings, session });
  if (fault?.kind === "refused")
    return <ReadFault fault={fault} title="You may not read the ledger" settings={settings} session={session} />;
  if (!value) return <Loading says="Reading the ledger…" />;
  if (value.rows.length === 0) return <p class="muted">Nothing of AWS was granted, and nothing is known to be used.</p>;
  // A task without a key was granted nothing so far: its approval names what it would get.
  const granted = hasNoKey ? "would be granted" : "granted";
  const most = Math.max(1, ...value.rows.map(({ used, denied }) => used + denied));
  return (
    <>
      <Steps rows={value.rows} granted={granted} />
      <table class="ledger">
        <thead>
          <tr>
            <th scope="col">Action and resource</th>
            <th scope="col">Asked</th>
            <th scope="col">Granted</th>
            <th scope="col">Used and denied</th>
          </tr>
        </thead>
        <tbody>
          {value.rows.map((row) => (
            <tr key={`${row.action} ${row.resource}`}>
              <th scope="row">
                <code>
                  <Text of={row.action} />
                </code>
                <code class="muted">
                  <Text of={row.resource} />
                </code>
              </th>
              <td class={row.asked ? "granted" : "not-granted"}>{row.asked ? "asked" : "not asked"}</td>
              <td class={row.granted ? "granted" : "not-granted"}>{row.granted ? granted : "not granted"}</td>
              <td>
                <span class="bar" aria-hidden="true">
                  <span class="used" style={{ width: `${(100 * row.used) / most}%` }} />
                  <span class="denied" style={{ width: `${(100 * row.denied) / most}%` }} />
                </span>
                {countsInWords(row)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** Bars of the numbers of requested, granted, used and denied actions on resources, each with a text. */
function Steps({ rows, granted }: { readonly rows: Read<readonly LedgerRow[]>; readonly granted: string }) {
  return (
    <ul class="steps" aria-label="Actions on resources">
      {stepsOf(rows).map(({ step, count }) => (
        <li key={step} class={step}>
          <span class="step-name">
            {step === "granted" ? granted : step} {count} of {rows.length}
          </span>
          <span class="bar" aria-hidden="true">
            <span class={step} style={{ width: `${(100 * count) / rows.length}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function countsInWords({ used, denied, visibility, error }: Read<LedgerRow>): string {
  const unseen = UNSEEN[visibility];
  if (unseen !== undefined && used + denied === 0) return unseen;
  if (used + denied === 0) return "never used";
  return `used ${used} times, denied ${denied} times${error === undefined ? "" : ` (${error.slice(0, 64)})`}`;
}

/** Step from the request to the call, with the number of actions on resources that reached it. */
interface Step {
  readonly step: "asked" | "granted" | "used" | "denied";
  readonly count: number;
}

/** Counts the rows of a ledger by step: requested, granted, used, and denied by AWS. */
const stepsOf = (rows: readonly Pick<LedgerRow, "asked" | "granted" | "used" | "denied">[]): readonly Step[] => [
  { step: "asked", count: rows.filter(({ asked }) => asked).length },
  { step: "granted", count: rows.filter(({ granted }) => granted).length },
  { step: "used", count: rows.filter(({ used }) => used > 0).length },
  { step: "denied", count: rows.filter(({ denied }) => denied > 0).length },
];
