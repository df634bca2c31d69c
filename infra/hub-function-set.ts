import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { OPTIONAL_FUNCTION, SteadyName } from "../functions/names.ts";

/** Functions of a hub. */
export type HubFunctions = Readonly<Record<SteadyName, LambdaFunction>> &
  Readonly<Partial<Record<typeof OPTIONAL_FUNCTION, LambdaFunction>>>;
