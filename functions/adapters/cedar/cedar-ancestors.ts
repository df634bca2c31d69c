import { type Entity, type EntityUid, isSameEntity } from "../../core/entity.ts";

/** Lists an entity and all its ancestors among the entities of the query. Cedar knows no other entities either. */
export function ancestorsOf(uid: EntityUid, entities: readonly Entity[]): readonly EntityUid[] {
  const found = [uid];
  for (const one of found) {
    const { parents = [] } = entities.find(({ uid: own }) => isSameEntity(own, one)) ?? {};
    found.push(...parents.filter((parent) => !found.some((known) => isSameEntity(known, parent))));
  }
  return found;
}
