import type { Deployment } from "../../core/deployment/deployment.ts";
import type { PersonTags } from "../../core/people/person-tag.ts";
import { personTagSecret } from "../../hub-names.ts";
import { httpOwnSecret } from "../secrets-manager/http-own-secret.ts";

/** Makes the port of people's tags. The code is loaded at the first task for a person in an account that knows the tag. */
export function reachPersonTags(deployment: Pick<Deployment, "prefix">): PersonTags {
  let loading: Promise<PersonTags> | undefined;
  const load = async (): Promise<PersonTags> => {
    const { SecretPersonTags } = await import("../secrets-manager/secret-person-tags.ts");
    const own = httpOwnSecret();
    return new SecretPersonTags(() => own(personTagSecret(deployment), "AWSCURRENT"));
  };
  return {
    tagOf: async (person) => {
      loading ??= load();
      return (await loading).tagOf(person);
    },
  };
}
