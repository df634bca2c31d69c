import type { Log, RoleQueue, RoleRef } from "../core/ports.ts";
import { REVOKING_EVENTS } from "../names.ts";

/** What a DynamoDB stream hands over, as far as it is read: the journal is the outbox, so inserts of its events are enough. */
export interface StreamEvent {
  readonly Records: readonly {
    readonly eventID?: string | undefined;
    readonly eventName?: string | undefined;
    readonly dynamodb?:
      | { readonly SequenceNumber?: string | undefined; readonly NewImage?: Image | undefined }
      | undefined;
  }[];
}
type Attribute = { readonly S?: string; readonly L?: readonly Attribute[]; readonly M?: Image };
type Image = Readonly<Record<string, Attribute | undefined>>;

const REVOKING: ReadonlySet<string> = new Set(REVOKING_EVENTS);

/** Every role that an ended task had a session in, told to the queue; once for the whole batch. A failure has the batch tried again. */
export async function relay(
  event: StreamEvent,
  ports: { readonly queue: RoleQueue; readonly log: Log },
): Promise<void> {
  const endings = event.Records.filter(({ eventName, dynamodb }) => {
    const image = dynamodb?.NewImage;
    return eventName === "INSERT" && image?.kind?.S === "EVENT" && REVOKING.has(image.type?.S ?? "");
  });
  const roles = endings.flatMap(({ dynamodb }) => rolesOf(dynamodb?.NewImage ?? {}));
  if (roles.length === 0) return;
  await ports.queue.send(roles);
  ports.log.write({
    level: "info",
    event: "relayed",
    endings: endings.length,
    roles: new Set(roles.map(({ account, role }) => `${account}/${role}`)).size,
  });
}

function rolesOf(image: Image): readonly RoleRef[] {
  const leases = image.facts?.M?.leases?.L ?? [];
  return leases.flatMap(({ M: lease }) => {
    const [account, role] = [lease?.account?.S, lease?.role?.S];
    return account === undefined || role === undefined ? [] : [{ account, role }];
  });
}
