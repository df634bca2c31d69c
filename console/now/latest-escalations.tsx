import type { EscalationList } from "../../contract/escalations.ts";
import type { Read } from "../../contract/operation.ts";
import type { Overview } from "../../contract/overview.ts";
import { EscalationRows } from "../escalations/escalation-rows.tsx";
import { timeOf } from "../escalations/in-words.ts";
import { NoEscalation } from "../escalations/no-escalation.tsx";
import type { PageProps } from "../page-props.ts";
import { Link } from "../parts/link.tsx";
import { NotShown } from "../parts/unpermitted.tsx";
import { useRead } from "../parts/use-read.ts";
import { nowMs } from "../state.ts";

interface LatestEscalationsProps extends Pick<PageProps, "settings" | "session"> {
  readonly counted: Overview["escalations"];
}

/** Number of escalations that are shown here; their page has all. */
const MOST = 3;
const DAY_MS = 86_400_000;

/** Latest escalations of the last day, with their number. */
export function LatestEscalations({ counted: { found, more }, settings, session }: LatestEscalationsProps) {
  const { value, fault } = useRead<Read<EscalationList>>("/v1/escalations", { settings, session });
  const since = nowMs() - DAY_MS;
  const rows = value?.escalations.filter((each) => timeOf(each) >= since).slice(0, MOST) ?? [];
  return (
    <>
      <h2>
        Escalations{" "}
        <span class="count">
          {more && "at least "}
          {found}
        </span>
      </h2>
      {fault?.kind === "refused" && <NotShown fault={fault} />}
      {value && rows.length === 0 && <NoEscalation within="the last 24 hours" />}
      {rows.length > 0 && <EscalationRows rows={rows} />}
      {value && (
        <p class="aside">
          <Link to="/escalations">All escalations of 90 days</Link>
        </p>
      )}
    </>
  );
}
