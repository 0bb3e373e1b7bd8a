/**
 * What rooms may say. Fields first, then one sentence, in the shape pino takes. One line per change of state, not per event;
 * never a secret, never a whole payload. A trouble carries its `code`; the line that says that it is over is an info line whose `was`
 * holds that code (or several), so that whoever was shown the trouble is shown its end.
 */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** For tests and tools that have nobody to tell. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
