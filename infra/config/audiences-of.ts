import type { Deployment } from "../../functions/core/deployment/deployment.ts";

/** Derives the required `aud` of each kind of route from the address of the API. @param url address without a slash at its end. */
export const audiencesOf = (url: string): Deployment["audiences"] => ({
  exchange: url,
  introspect: `${url}/introspect`,
  operate: `${url}/operate`,
});
