/** The act that is signed when a break of a unit's trail is closed: named by the page that asks for the passkey and by the server that takes it. */
export const CLOSE_TRAIL = 'close-audit-trail';
