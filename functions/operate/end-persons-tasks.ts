import type { EndedPerson } from "../../contract/people.ts";
import { type Person, personId, personNamed } from "../core/identity/person.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { optionalReason } from "../operators/reason-in.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import { endPerson } from "../steps/tasks/end-person.ts";

/**
 * Answers `POST /v1/people/{person}/end-tasks`: all tasks for the person end, and the person's earlier tokens open no task any more. May be repeated.
 */
export const endPersonsTasks = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<EndedPerson>(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:EndPersonsTasks", "deployment", ports);
    const person = personIn(event, ports);
    const deadUntil = ports.clock.nowMs() / 1_000;
    const { ended } = await endPerson(person, operator.id, ports, { deadUntil, reason: optionalReason(event) });
    return {
      person: personId(person),
      dead_until: new Date(deadUntil * 1_000).toISOString(),
      ended_tasks: ended.length,
      ended,
    };
  });

/**
 * Reads the person from the path, `issuer|value`. The gateway decodes the address once, before it looks for the route. The value is decoded here once
 * more, so that it may have a slash (`%252F`) and a percent sign (`%2525`).
 * @throws {Refusal} malformed_request.
 */
function personIn({ pathParameters }: HttpEvent, { deployment }: Pick<Ports, "deployment">): Person {
  const person = personNamed(decoded(pathParameters?.person ?? ""), deployment.issuers);
  if (person) return person;
  throw new Refusal("malformed_request", {
    say: "Name the person as issuer|value, by a people's issuer of valetkey.json; in the value, write % as %25 and / as %2F.",
  });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return "";
  }
}
