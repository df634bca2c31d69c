import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  EventBridgeClient,
  PutPermissionCommand,
} from "@aws-sdk/client-eventbridge";
import type { Workshop } from "../workshop.ts";
import { policyOf } from "./role.ts";

/** Makes an event bus. @returns its name. */
export async function makeBus(workshop: Workshop): Promise<string> {
  const name = workshop.name();
  const client = new EventBridgeClient(workshop.settings);
  await workshop.make(
    `event bus ${name}`,
    () => client.send(new CreateEventBusCommand({ Name: name })),
    () => client.send(new DeleteEventBusCommand({ Name: name })),
  );
  return name;
}

/** Sets a bus's own policy, which denies this account to put events. */
export async function closeBus(workshop: Workshop, name: string): Promise<void> {
  workshop.check();
  const Policy = policyOf({
    Sid: "own",
    Effect: "Deny",
    Principal: { AWS: `arn:${workshop.partition}:iam::${workshop.place.account}:root` },
    Action: "events:PutEvents",
    Resource: workshop.arn("events", `event-bus/${name}`),
  });
  await new EventBridgeClient(workshop.settings).send(new PutPermissionCommand({ EventBusName: name, Policy }));
}
