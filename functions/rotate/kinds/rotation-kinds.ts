import type { RotationKindName } from "../../core/secrets/rotating-secret.ts";
import { chosen } from "./chosen.ts";
import { generated } from "./generated.ts";
import { issued } from "./issued.ts";
import { oauthClientSecret } from "./oauth-client-secret.ts";
import { postgresAlternating } from "./postgres-alternating.ts";
import { postgresSingle } from "./postgres-single.ts";
import type { RotationKind, RotationNeeds } from "./rotation-kind.ts";

/** Makes all kinds of rotation, by the name that a secret's tag gives them. */
export const rotationKindsBy = (needs: RotationNeeds): Readonly<Record<RotationKindName, RotationKind>> => ({
  generated: chosen(generated(needs)),
  "postgres-single": chosen(postgresSingle(needs)),
  "postgres-alternating": chosen(postgresAlternating(needs)),
  "oauth-client-secret": issued(oauthClientSecret(needs)),
});
