import type { ApiFault } from "../api.ts";
import { Text } from "./text.tsx";

/** Finds the permission that a refusal is about; undefined for a refusal of another kind. @example "valetkey:ListTasks" */
export function permissionIn({ code, message }: Pick<ApiFault, "code" | "message">): string | undefined {
  return code === "operator_denied" ? /\bvaletkey:[A-Za-z]{1,40}\b/.exec(message)?.[0] : undefined;
}

/** Names the missing permission, the people who grant it, and the way in which they do. */
export const WhoGrants = ({ permission, name }: { readonly permission: string; readonly name: string }) => (
  <>
    <p>
      It takes <code>{permission}</code>, and no policy permits that to <Text of={name} />.
    </p>
    <p class="muted">
      Ask those who own the policies of your deployment. They grant it by a permit in <code>policies/</code>, for you or
      for a group of yours, and deploy. <code>valetkey:Observe</code> holds every permission that only reads.
    </p>
  </>
);

/** Line in place of a part of a page that is refused. The page's other parts are shown. @param what names the part where no heading does. */
export const NotShown = ({
  fault,
  what,
}: {
  readonly fault: Pick<ApiFault, "code" | "message">;
  readonly what?: string;
}) => {
  const permission = permissionIn(fault);
  return (
    <p class="muted whole-row">
      {what ? `${what} is not shown` : "Not shown"}:{" "}
      {permission === undefined ? (
        <Text of={fault.message} />
      ) : (
        <>
          it takes <code>{permission}</code>, which the owners of the policies grant.
        </>
      )}
    </p>
  );
};
