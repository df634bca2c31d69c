import { ServiceError } from "../../service-error.ts";

/** DynamoDB's refusal of a malformed call. */
export const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message, 400);
