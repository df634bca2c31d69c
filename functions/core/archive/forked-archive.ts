/** Object of the archive that does not follow from the archive's order, or is not what its checkpoint signs. */
export class ForkedArchive extends Error {
  override readonly name = "ForkedArchive";
}
