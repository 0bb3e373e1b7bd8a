import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { InfluxSettings } from '../config/hall-schema.ts'
import type { Log } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { createInfluxForwarder, type ForwarderTuning, type InfluxForwarder } from './influx.ts'
import { createMemorySpool, type MemorySpool } from './memory-spool.ts'

/** What was logged: the fields, with level and sentence. */
type Logged = { readonly level: string; readonly message: string; readonly [field: string]: unknown }

export interface ForwarderUnderTest {
  readonly spool: MemorySpool
  readonly forwarder: InfluxForwarder
  readonly logged: Logged[]
}

/** A started forwarder over a spool in memory, closed when the test ends. Back-offs are a twentieth of the longest allowed. */
export async function forwarderTo(
  settings: Partial<InfluxSettings> & Pick<InfluxSettings, 'url'>,
  options: {
    readonly token?: string
    readonly tuning?: Partial<ForwarderTuning>
    readonly spool?: MemorySpool
    readonly random?: () => number
  } = {},
): Promise<ForwarderUnderTest> {
  const { spool = createMemorySpool(), random = () => 0.02, tuning, ...rest } = options
  const logged: Logged[] = []
  const forwarder = createInfluxForwarder({
    settings: { ...DEFAULTS, ...settings },
    spool,
    clock: systemClock,
    log: logInto(logged),
    random,
    tuning: { liveLingerMs: 5, ...tuning },
    ...rest,
  })
  onTestFinished(() => forwarder.close())
  await forwarder.start()
  return { spool, forwarder, logged }
}

/** Resolves as soon as the condition holds; the test's own time limit ends a wait for what never comes. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(5)
}

const DEFAULTS: Omit<InfluxSettings, 'url'> = {
  api: 'v2',
  org: 'hallwatt',
  bucket: 'hallwatt',
  gzip: true,
  batchLines: 5000,
  timeoutMs: 10_000,
}

const logInto = (logged: Logged[]): Log => {
  const at = (level: string) => (fields: object, message: string) => void logged.push({ ...fields, level, message })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
