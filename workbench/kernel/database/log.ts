// What the database layer asks of a logger; pino's own has this shape.

export interface DatabaseLog {
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

export const silentLog: DatabaseLog = { info() {}, warn() {}, error() {} };
