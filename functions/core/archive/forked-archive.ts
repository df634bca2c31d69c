/** Error for an object that does not follow from the archive's order, or differs from what the checkpoint signs. */
export class ForkedArchive extends Error {
  override readonly name = "ForkedArchive";
}
