import type { Entity, EntityUid } from "../../core/policy/query.ts";

/** The entity and all that it is in, as far as the question knows them: Cedar knows no others either. */
export function ancestorsOf(uid: EntityUid, entities: readonly Entity[]): readonly EntityUid[] {
  const found = [uid];
  for (const one of found) {
    const { parents = [] } = entities.find(({ uid: own }) => isSame(own, one)) ?? {};
    found.push(...parents.filter((parent) => !found.some((known) => isSame(known, parent))));
  }
  return found;
}

const isSame = (a: EntityUid, b: EntityUid): boolean => a.type === b.type && a.id === b.id;
