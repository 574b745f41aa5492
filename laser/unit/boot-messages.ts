// What boot loader and application say to each other.

/** Exit code of an application that asks to be started again: an update is to be tried. */
export const EXIT_RESTART = 75;
/** Environment variable with the events that the boot loader could not write into the log itself (JSON). */
export const BOOT_EVENTS = 'LUMEN_BOOT_EVENTS';

/** Told once, after the self test. */
export type FromApplication = { readonly kind: 'health'; readonly ok: boolean };
/** The boot loader is done with the boot record. */
export type ToApplication = { readonly kind: 'settled' };
