/** Answer of S3: its fields, or the error's name and status. */
export type S3Answer = Readonly<Record<string, unknown>>;

/** Call whose answers differ between the embedded S3 and moto. */
export interface DifferingCall {
  readonly name: string;
  readonly own: S3Answer;
  readonly moto: S3Answer;
  /** Keys of the objects that were removed from the bucket before. */
  readonly removed: readonly string[];
}

/** Difference between the embedded S3 and moto's that is no finding. */
export interface BucketDifference {
  readonly what: string;
  /** Behaviour of S3, as AWS documents it. */
  readonly why: string;
  /** Page of AWS's documentation. */
  readonly source: string;
  /** Answer of moto without the difference. */
  readonly mend?: (answer: S3Answer) => S3Answer;
  /** True where the difference explains all of a differing answer. */
  readonly explains?: (differing: DifferingCall) => boolean;
  /** True where the two buckets hold different objects afterwards. */
  readonly leavesOthers?: boolean;
}

const API = "https://docs.aws.amazon.com/AmazonS3/latest/API";
const GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide";

/** Reviewed on 2 December 2026, against moto 5.2.5. */
export const BUCKET_DIFFERENCES: readonly BucketDifference[] = [
  {
    what: "versions and delete markers: the embedded S3 has none, and nothing of valetkey names one",
    why: "S3 returns the version's id, and that a removal left a marker",
    source: `${GUIDE}/versioning-workflows.html`,
    mend: (answer) => without(answer, ["VersionId", "DeleteMarker"]),
  },
  {
    what: "checksums, encryption and ranges, which nothing of valetkey reads",
    why: "S3 returns them",
    source: `${API}/API_GetObject.html`,
    mend: (answer) =>
      without(answer, ["ChecksumCRC32", "ChecksumType", "ChecksumAlgorithm", "ServerSideEncryption", "AcceptRanges"]),
  },
  {
    what: "an object's lock, which nothing of valetkey reads",
    why: "S3 returns it to those who may read it",
    source: `${API}/API_GetObject.html`,
    mend: (answer) => without(answer, ["ObjectLockMode", "ObjectLockRetainUntilDate"]),
  },
  {
    what: "removals of locked objects: the embedded S3 refuses them",
    why: "S3 retains the locked version, and lays a marker over it",
    source: `${GUIDE}/object-lock.html`,
    explains: ({ name, own, moto }) => name === "DeleteObject" && own.code === "AccessDenied" && moto.status === 204,
    leavesOthers: true,
  },
  {
    what: "later pages of a list do not repeat what was asked",
    why: "ContinuationToken and StartAfter of the request are in the response",
    source: `${API}/API_ListObjectsV2.html`,
    mend: (answer) => {
      const [first, ...later] = pagesOf(answer);
      if (first === undefined) return answer;
      const asked = { ContinuationToken: "next", ...("StartAfter" in first ? { StartAfter: first.StartAfter } : {}) };
      return { ...answer, pages: [first, ...later.map((page) => ({ ...page, ...asked }))] };
    },
  },
  {
    what: "common prefixes of removed objects alone",
    why: "a list is of the objects that are there",
    source: `${API}/API_ListObjectsV2.html`,
    explains: ({ name, own, moto, removed }) => {
      const [ours, theirs] = [listedIn(own), listedIn(moto)];
      const more = theirs.filter((each) => !ours.includes(each));
      const isOfRemoved = (each: string) => each.endsWith("/") && removed.some((key) => key.startsWith(each));
      const isRest = ours.join("\n") === theirs.filter((each) => !more.includes(each)).join("\n");
      return name === "ListObjectsV2" && more.length > 0 && isRest && more.every(isOfRemoved);
    },
  },
];

/** Answer without members of these names, wherever they are. */
const without = (answer: S3Answer, names: readonly string[]): S3Answer =>
  JSON.parse(JSON.stringify(answer, (name, value: unknown) => (names.includes(name) ? undefined : value))) as S3Answer;

/** Page of a list. */
interface Page {
  readonly StartAfter?: string;
  readonly Contents?: readonly { readonly Key: string; readonly ETag: string; readonly Size: number }[];
  readonly CommonPrefixes?: readonly { readonly Prefix: string }[];
}
const pagesOf = ({ pages = [] }: S3Answer): readonly Page[] => pages as readonly Page[];

/** Objects and prefixes of all pages. */
const listedIn = (answer: S3Answer): readonly string[] => {
  const pages = pagesOf(answer);
  const objects = pages.flatMap(({ Contents = [] }) => Contents.map((each) => JSON.stringify(each)));
  return [...objects, ...pages.flatMap(({ CommonPrefixes = [] }) => CommonPrefixes.map(({ Prefix }) => Prefix))];
};
