// What a service session may hold: the same as a unit takes (`@ward/device/service/request.ts`, which a page cannot load).
export const SERVICE_VERBS = [
  'service.read-logs',
  'service.self-test',
  'service.diagnostics',
  'calibration.propose',
] as const;
