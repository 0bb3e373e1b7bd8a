import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BROKER_TABLES, createBroker } from '../src/broker/broker.ts'
import { hallSchema } from '../src/config/hall-schema.ts'
import { silentLog } from '../src/ports/log.ts'
import { systemClock } from '../src/ports/system-clock.ts'
import { openStore } from '../src/store/sqlite-store.ts'
import { startMosquitto } from '../test/servers/mosquitto.ts'
import { type PublishersOrder, type PublishersResult, publishFromThread } from './broker-publishers.ts'

const CASES = [
  { clients: 1, window: 1 },
  { clients: 10, window: 20 },
  { clients: 100, window: 20 },
]

const QUANTITIES = {
  activePower: [0, 4000],
  voltageL1: [225, 235],
  currentL1: [0, 16],
  frequency: [49.9, 50.1],
} as const

/** A broker to publish to; whatever stands behind it. */
interface Hall {
  readonly port: number
  close(): Promise<void>
}

const METHOD = `QoS 1 messages per second, closed loop: JSON of a stamp and four numbers, every acknowledgement sends the next message. The gateway's broker on the real store, which commits each message (WAL, synchronous FULL) before its PUBACK, nothing decoded, beside Mosquitto, which acknowledges from memory; the same publishers on the same machine, one after the other.`

/** What the broker takes, beside Mosquitto. */
export async function run({ short = false }: { short?: boolean } = {}) {
  const figures: Record<string, number | string> = {}
  const times = short ? { warmUpMs: 200, measureMs: 500 } : { warmUpMs: 1500, measureMs: 4000 }
  for (const load of short ? CASES.slice(1, 2) : CASES) {
    const order = { ...load, ...times, hall: 'bench', quantities: QUANTITIES }
    const ours = await measure(openBrokerOnStore, order)
    const mosquitto = await measure(openMosquitto, order)
    const name = `${load.clients} clients × ${load.window} in flight`
    figures[`${name}: gateway, on disk, messages/s`] = Math.round(ours.acksPerSecond)
    figures[`${name}: gateway, p50 and p99 ms`] = latency(ours)
    figures[`${name}: Mosquitto, in memory, messages/s`] = Math.round(mosquitto.acksPerSecond)
    figures[`${name}: Mosquitto, p50 and p99 ms`] = latency(mosquitto)
    figures[`${name}: ratio`] = Number((ours.acksPerSecond / mosquitto.acksPerSecond).toFixed(2))
  }
  return { name: 'broker: QoS 1, beside Mosquitto', method: METHOD, figures }
}

const latency = ({ p50Ms, p99Ms }: PublishersResult) => `${p50Ms.toFixed(1)}, ${p99Ms.toFixed(1)}`

async function measure(open: () => Promise<Hall>, load: Omit<PublishersOrder, 'port'>): Promise<PublishersResult> {
  const hall = await open()
  try {
    return await publishFromThread({ ...load, port: hall.port })
  } finally {
    await hall.close()
  }
}

async function openBrokerOnStore(): Promise<Hall> {
  const directory = await mkdtemp(join(tmpdir(), 'hallwatt-bench-'))
  const table = 'CREATE TABLE IF NOT EXISTS bench (seq INTEGER PRIMARY KEY, topic TEXT, payload BLOB)'
  const store = await openStore({ directory, clock: systemClock, log: silentLog, tables: [...BROKER_TABLES, table] })
  const broker = await createBroker({
    settings: { ...hallSchema.shape.broker.parse({}), port: 0, maxMessagesPerSecond: 100_000 },
    credentials: undefined,
    store,
    clock: systemClock,
    log: silentLog,
    onPublish: ({ topic, payload }) =>
      store.commit([
        { sql: 'INSERT INTO bench (topic, payload) VALUES (?, ?)', rows: [[topic, Buffer.from(payload)]] },
      ]),
    onConnection() {},
  })
  broker.setGrants(
    Array.from({ length: 1000 }, (_, i) => ({
      user: `bench-${i}`,
      publish: [`hallwatt/bench/bench-${i}/#`],
      subscribe: [],
    })),
  )
  return {
    port: broker.addresses().tcp.port,
    async close() {
      await broker.close()
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function openMosquitto(): Promise<Hall> {
  return startMosquitto({ extraConfiguration: 'persistence false\nlog_type none' })
}

if (import.meta.main) console.log(await run())
