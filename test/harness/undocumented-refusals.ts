import type { RouteKey } from "../../functions/routes.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { OPERATIONS } from "../openapi/operations.ts";

/** Lists the refusals that a world's routes have answered, and that the API document does not have for the route. */
export const undocumentedRefusals = ({ answers }: Pick<FakeWorld, "answers">): readonly string[] =>
  answers.flatMap(({ route, answer }) => {
    const documented = OPERATIONS[route as RouteKey]?.refused;
    if (!documented || answer.statusCode < 400) return [];
    // The answer to a bug has no code.
    const { code } = JSON.parse(answer.body) as { readonly code?: string };
    return code === undefined || Object.hasOwn(documented, code)
      ? []
      : [`${route} refuses by ${code}, which the API document lacks`];
  });
