// The rooms in their direction: a room may use the rooms above it, never one below. One line adds a room; the composition
// root, the command line, the web shell and the architecture test all read this list.
export const ROOMS = [
  'products',
  'suppliers',
  'components',
  'vulnerabilities',
  'system',
  'threats',
  'risks',
  'requirements',
  'controls',
  'development',
  'testing',
  'assurance',
  'traceability',
  'incidents',
  'disclosure',
  'maintenance',
  'fleet',
  'documents',
  'today',
] as const;

export type RoomName = (typeof ROOMS)[number];
