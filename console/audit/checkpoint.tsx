import type { Journal } from "../../contract/journal.ts";
import type { Read } from "../../contract/operation.ts";
import { Command } from "../parts/command.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { Instant } from "../parts/instant.tsx";
import { Text } from "../parts/text.tsx";

/** Last checkpoint of the log, its comparison with the witness, and the command that verifies the whole log. */
export const Checkpoint = ({
  answer: { checkpoint, anchor, gone_before: goneBefore },
}: {
  readonly answer: Read<Journal>;
}) => (
  <>
    <h2>Last checkpoint</h2>
    {anchor.state === "differs" && (
      <p class="standing">
        The witness holds another log: one of the two was forged. Verify both before you trust anything here.
      </p>
    )}
    <Facts>
      <Fact name="Signed">
        <Instant at={checkpoint.signed_at} />
      </Fact>
      <Fact name="Size">{checkpoint.size.toLocaleString("en-GB")} entries</Fact>
      <Fact name="Root">
        <code class="hash">{checkpoint.root}</code>
      </Fact>
      <Fact name="Witness">
        {ANCHORS[anchor.state] ?? <Text of={anchor.state} />}
        {anchor.size !== undefined && ` (${anchor.size.toLocaleString("en-GB")} entries)`}
        {anchor.account !== undefined && (
          <>
            , in the account <Text of={anchor.account} />
          </>
        )}
      </Fact>
      {goneBefore !== undefined && <Fact name="Kept">Entries before the place {goneBefore} are no longer stored.</Fact>}
    </Facts>
    <p class="aside">This page reads the log, and verifies nothing. Verify it with a program of your own:</p>
    <Command line={`npx valetkey audit verify s3://${checkpoint.bucket}`} />
  </>
);

/** Words of the known states. A later version may have others. */
const ANCHORS: Readonly<Record<string, string>> = {
  none: "not anchored: an administrator of this account could fork it",
  same: "holds the same log",
  differs: "holds another log",
  not_read: "has shown no checkpoint of the last two hours",
};
