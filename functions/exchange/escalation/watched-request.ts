import type { SealingPorts } from "../../core/ports.ts";
import type { TokenRequest } from "../request.ts";

/** Ports that watch refusals. */
export type WatchNeeds = Pick<SealingPorts, "agents" | "clock" | "log" | "coolDowns" | "watch">;

/** Request as far as a detection tells of it. */
export type WatchedRequest = Pick<TokenRequest, "delegationToken" | "personToken" | "sourceIp">;
