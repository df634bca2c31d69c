import { tokenEndpoint } from "../../../functions/exchange/token-endpoint.ts";
import type { HttpAnswer } from "../../../functions/http/event.ts";
import { exchangeForm, formEvent } from "../../fakes/world/world.ts";
import type { HostileWorld } from "../hostile-world.ts";

/** Answer of the whole exchange to a subject token in an otherwise valid request. */
export const show = (token: string, world: HostileWorld): Promise<HttpAnswer> =>
  tokenEndpoint(formEvent(exchangeForm(token)), world.ports);
