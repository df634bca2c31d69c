import type { SealingPorts } from "../../core/ports.ts";
import type { TokenRequest } from "../request.ts";

/** Ports that watch refusals. */
export type WatchNeeds = Pick<SealingPorts, "agents" | "clock" | "log" | "coolDowns" | "watch">;

/** Fields of a request that a detection reports or depends on. */
export type WatchedRequest = Pick<TokenRequest, "delegationToken" | "personToken" | "sourceIp">;
