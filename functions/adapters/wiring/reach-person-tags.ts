import type { PersonTags } from "../../core/people/person-tag.ts";
import { PERSON_TAG_SECRET } from "../../names.ts";

/** Makes the port of people's tags. The client is loaded at the first task for a person in an account that knows the tag. */
export function reachPersonTags(): PersonTags {
  let loading: Promise<PersonTags> | undefined;
  const load = async (): Promise<PersonTags> => {
    const [{ SecretPersonTags }, { SecretsManager }] = await Promise.all([
      import("../secrets-manager/secret-person-tags.ts"),
      import("../secrets-manager/secrets-manager.ts"),
    ]);
    const manager = new SecretsManager();
    return new SecretPersonTags(() => manager.ownAt(PERSON_TAG_SECRET, "AWSCURRENT"));
  };
  return {
    tagOf: async (person) => {
      loading ??= load();
      return (await loading).tagOf(person);
    },
  };
}
