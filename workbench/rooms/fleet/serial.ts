// What a serial number may be: pure, for the routes and for the page that registers units.

/** As it stands on the unit. */
export const SERIAL = /^[A-Z0-9][A-Z0-9-]{1,39}$/;
export const SERIAL_WORDS = 'letters, digits and dashes, 2 to 40';

export const MOST_AT_ONCE = 1_000;
