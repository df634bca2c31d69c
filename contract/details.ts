import * as v from "valibot";

/**
 * Schema of requested `authorization_details`. Each connector has details of its own, so the document puts the schema `AuthorizationDetails` here, and a
 * handler parses the details by its deployment's connectors.
 */
export const requestedDetails = v.array(v.unknown(), "a list, as an agent sends it.");
