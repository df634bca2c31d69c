export { arnOfAddress } from "../contract/s3-address.ts";
