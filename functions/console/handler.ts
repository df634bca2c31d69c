import { readBuilt } from "../adapters/files/read-built.ts";
import { readEnv } from "../env.ts";
import type { HttpEvent } from "../http/event.ts";
import { serveSite } from "./serve-site.ts";
import { SITE_FILE, type Site } from "./site.ts";

const site = readBuilt<Site>(readEnv("console").VALETKEY_CONSOLE, SITE_FILE);

export const handler = async (event: HttpEvent) => serveSite(event, site);
