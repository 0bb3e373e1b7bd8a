import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { BROKER_TABLES, createBroker } from '../src/broker/broker.ts'
import { hallSchema } from '../src/config/hall-schema.ts'
import { silentLog } from '../src/ports/log.ts'
import { systemClock } from '../src/ports/system-clock.ts'
import { openStore } from '../src/store/sqlite-store.ts'
import type { PublishersOrder, PublishersResult } from './broker-publishers.ts'

/** One line of the results. `ratio` is ours divided by Mosquitto's, in the same run. */
export interface BenchResult {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly note?: string
}

const CASES = [
  { clients: 1, window: 1 },
  { clients: 10, window: 20 },
  { clients: 100, window: 20 },
]

/** A broker to publish to; whatever stands behind it. */
interface Hall {
  readonly port: number
  close(): Promise<void>
}

/**
 * QoS 1 messages per second, closed loop, 200-byte JSON: the gateway's broker with each message committed to the store before its
 * PUBACK, beside Mosquitto, which acknowledges from memory, with the same publishers on the same machine.
 * @param options.openHall  opens something else to measure instead of broker and store: the whole gateway, for example
 */
export async function run(
  options: { openHall?: () => Promise<Hall>; measureMs?: number } = {},
): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  const measureMs = options.measureMs ?? 4000
  const openHall = options.openHall ?? openBrokerOnStore
  for (const load of CASES) {
    const order = { ...load, warmUpMs: 1500, measureMs }
    const ours = await measure(openHall, order)
    const mosquitto = await measure(openMosquitto, order)
    const name = `QoS 1, ${load.clients} × ${load.window}`
    results.push(
      { name: `${name}: gateway, on disk`, value: Math.round(ours.acksPerSecond), unit: 'acks/s', note: latency(ours) },
      {
        name: `${name}: mosquitto, in memory`,
        value: Math.round(mosquitto.acksPerSecond),
        unit: 'acks/s',
        note: latency(mosquitto),
      },
      { name: `${name}: ratio`, value: Number((ours.acksPerSecond / mosquitto.acksPerSecond).toFixed(2)), unit: '×' },
    )
  }
  return results
}

const latency = ({ p50Ms, p99Ms }: PublishersResult) => `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`

async function measure(open: () => Promise<Hall>, load: Omit<PublishersOrder, 'port'>): Promise<PublishersResult> {
  const hall = await open()
  try {
    // In a thread of their own, so that the publishers do not take the event loop of what they measure.
    const worker = new Worker(new URL('./broker-publishers.ts', import.meta.url), {
      workerData: { ...load, port: hall.port },
    })
    const [result] = (await once(worker, 'message')) as [PublishersResult]
    await worker.terminate()
    return result
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
  const directory = await mkdtemp(join(tmpdir(), 'hallwatt-mosquitto-'))
  const port = await freePort()
  const config = join(directory, 'mosquitto.conf')
  await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type none\n`)
  const mosquitto = spawn('mosquitto', ['-c', config], { stdio: 'ignore' })
  await answering(port, mosquitto)
  return {
    port,
    async close() {
      mosquitto.kill()
      if (mosquitto.exitCode === null && mosquitto.signalCode === null) await once(mosquitto, 'exit')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return address && typeof address === 'object' ? address.port : 0
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  let failure: Error | undefined
  child.once('error', (error) => {
    failure = error
  })
  for (let attempt = 0; attempt < 200 && !failure; attempt++) {
    const socket = createConnection(port, '127.0.0.1')
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw failure ?? new Error('Mosquitto does not answer; is the Debian package "mosquitto" installed?')
}

if (import.meta.main) for (const { name, value, unit, note } of await run()) console.log(name, value, unit, note ?? '')
