/** Resolves at the first SIGINT (Ctrl-C) or SIGTERM, or when `ms` have passed; a second signal ends the process at once. */
export function untilStopped(ms = Number.POSITIVE_INFINITY): Promise<void> {
  return new Promise((resolve) => {
    const timer = Number.isFinite(ms) ? setTimeout(() => done(), ms).unref() : undefined
    const done = () => {
      clearTimeout(timer)
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.off(signal, done)
        process.once(signal, () => process.exit(1))
      }
      resolve()
    }
    process.on('SIGINT', done)
    process.on('SIGTERM', done)
  })
}
