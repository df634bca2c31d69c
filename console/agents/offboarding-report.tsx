import type { Offboarding } from "../../contract/offboarding.ts";
import type { Read } from "../../contract/operation.ts";
import { Command } from "../parts/command.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { Instant } from "../parts/instant.tsx";
import { Text } from "../parts/text.tsx";

interface ReportProps {
  readonly agent: string;
  readonly offboarding: Read<Offboarding>;
}

/** Report on an offboarding: what was revoked, what is open, and who has signed it off. */
export const OffboardingReport = ({ agent, offboarding: { report, sha256, signed_off: signed } }: ReportProps) => (
  <>
    <Facts>
      <Fact name="State">
        {signed ? (
          <>
            signed off <Instant at={signed.at} /> by <Text of={signed.by} />
          </>
        ) : report.complete ? (
          "nothing is open; the next sweep signs it off"
        ) : (
          "something is open"
        )}
      </Fact>
      <Fact name="Tasks">{fatesInWords(report.totals.tasks)}</Fact>
      <Fact name="Keys">{fatesInWords(report.totals.leases)}</Fact>
      <Fact name="Bindings">{fatesInWords(report.totals.bindings)}</Fact>
      <Fact name="Secrets">
        {report.totals.secrets.rotated} rotated, {report.totals.secrets.pending_rotation} to be rotated,{" "}
        {report.totals.secrets.not_rotated} left to a person
      </Fact>
      {sha256 !== undefined && (
        <Fact name="SHA-256">
          <code>{sha256}</code>
        </Fact>
      )}
    </Facts>
    <ol class="steps">
      {report.steps.map(({ step, at, by }) => (
        <li>
          {at} <Text of={step} /> {by !== undefined && <Text of={`by ${by}`} />}
        </li>
      ))}
    </ol>
    <Command line={`npx valetkey offboard ${agent} --report`} />
  </>
);

/** @example fatesInWords({ revoked: 2, expired: 1, failed: 0, unknown: 0 }) // "2 revoked, 1 expired" */
export const fatesInWords = (fates: Read<Offboarding>["report"]["totals"]["tasks"]): string =>
  Object.entries(fates)
    .filter(([, count]) => count > 0)
    .map(([fate, count]) => `${count} ${fate}`)
    .join(", ") || "none";
