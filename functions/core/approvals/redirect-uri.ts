import type { Deployment } from "../deployment/deployment.ts";

/** Returns the one redirect address of the clients for approvals. */
export const redirectUriOf = ({ url }: NonNullable<Deployment["console"]>): string => `${url}/callback`;
