import { actionOfCall } from "../catalogue/calls.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";

/** Prefixes of the IAM actions of services that have another name in CloudTrail's events. */
const PREFIXES: Readonly<Record<string, string>> = {
  monitoring: "cloudwatch",
  email: "ses",
  tagging: "tag",
  "data.iot": "iot",
  cloudcontrolapi: "cloudformation",
};

/** Version at the end of an event's name: `ListFunctions20150331`, `GetDistribution2020_05_31`, `UpdateFunctionCode20150331v2`. */
const VERSION = /\d{4}_?\d{2}_?\d{2}(v\d+)?$/;

/**
 * Finds the IAM action of an event.
 * @param source `s3.amazonaws.com`.
 * @param name `HeadObject`.
 * @returns `s3:GetObject`; undefined where the catalogue has no such action. Callers then show the event's own name.
 */
export function actionOfEvent(source: string, name: string, catalogue: Catalogue): string | undefined {
  const service = source.replace(/\.amazonaws\.com$/, "");
  const prefix = PREFIXES[service] ?? service;
  const event = `${prefix}:${name.replace(VERSION, "")}`;
  const [actionPrefix = "", actionName = ""] = (actionOfCall(event) ?? event).split(":");
  return catalogue.service(actionPrefix)?.action(actionName)?.name;
}
