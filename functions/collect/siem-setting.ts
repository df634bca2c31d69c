import { isRegion } from "../core/deployment/region.ts";
import type { Hub } from "../core/siem/ocsf-event.ts";

/** Parses `VALETKEY_SIEM`: the bus on which other systems get events, and its hub; undefined where no system gets any. */
export function siemOf(setting: string): (Hub & { readonly bus: string }) | undefined {
  const [, region, account] = /^arn:[\w-]+:events:([\w-]+):(\d{12}):event-bus\//.exec(setting) ?? [];
  return !isRegion(region) || account === undefined ? undefined : { bus: setting, account, region };
}
