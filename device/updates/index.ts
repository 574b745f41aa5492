// The face of the updates: what a launcher, an application, a publisher and the workbench use.
export {
  agree,
  compareVersions,
  DirectedCustom,
  hashedName,
  PublishedCustom,
  SoftwareVersion,
  type Update,
} from './agreement.ts';
export {
  applicationPath,
  type BootRecord,
  type Slot,
  type SlotRecord,
  type SoftwareReport,
  softwareReport,
} from './boot-record.ts';
export { type Booted, Bootloader, type BootloaderOptions } from './bootloader.ts';
export { DEFAULT_PACE, type Fetch, type FetchLimits, type Pace } from './fetch.ts';
export { type HttpFetchOptions, httpFetch } from './http-fetch.ts';
export { refuseUpdate, type UpdateCode } from './refusals.ts';
export {
  type Direction,
  type DirectorMetadata,
  type DirectorRoot,
  makeDirectorMetadata,
  makeDirectorRoot,
} from './repository/director.ts';
export {
  type Files,
  type ImageKeys,
  ImageRepository,
  type ImageState,
  LIFETIMES,
  type Signers,
} from './repository/image-repository.ts';
export { newRoleKey, publicRoleKey, type RoleKey, roleKey } from './repository/keys.ts';
export type { TargetEntry } from './repository/metadata.ts';
export { openImageRepository, writeFolder } from './repository/write-folder.ts';
export { counterFile, type RollbackCounter } from './rollback-counter.ts';
export { hmacSeal, type Seal } from './seal.ts';
export {
  MOST_POSTPONEMENTS,
  POSTPONEMENT_MS,
  UpdateClient,
  type UpdateClientOptions,
} from './update-client.ts';
