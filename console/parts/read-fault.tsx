import type { ApiFault } from "../api.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import { SignedOut } from "../sign-in/signed-out.tsx";
import { Notice } from "./notice.tsx";
import { Text } from "./text.tsx";
import { permissionIn, WhoGrants } from "./unpermitted.tsx";

interface ReadFaultProps {
  readonly fault: ApiFault | undefined;
  /** Title for a refusal by the API, such as "You may not see tasks". */
  readonly title: string;
  readonly settings: ConsoleSettings;
  readonly session: Session;
}

/** Reason why a page shows nothing, and what to do; nothing where there is no fault. A missing permission is no failure, and is not shown as one. */
export function ReadFault({ fault, title, settings, session }: ReadFaultProps) {
  if (fault === undefined) return null;
  if (fault.kind === "signed_out") return <SignedOut settings={settings} session={session} />;
  const permission = permissionIn(fault);
  return (
    <Notice tone={permission === undefined ? "bad" : "plain"} title={title}>
      {permission === undefined ? (
        <p>
          <Text of={fault.message} />
        </p>
      ) : (
        <WhoGrants permission={permission} name={session.name} />
      )}
    </Notice>
  );
}
