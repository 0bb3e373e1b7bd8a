import mqtt from 'mqtt'
import { type InfluxdbServer, startInfluxdb } from '../servers/influxdb.ts'
import { startGatewayProcess } from './gateway-process.ts'
import { makeHallFolder } from './hall-folder.ts'

export interface CrashFigures {
  readonly rounds: number
  /** Messages whose PUBACK the publisher saw. */
  readonly acknowledged: number
  /** Of those, how many InfluxDB does not have. */
  readonly lost: number
  /** Points in InfluxDB beyond one per message. */
  readonly duplicated: number
  /** Start of the process until it takes messages again, of every start but the first. */
  readonly readyMs: readonly number[]
}

const DATABASE = 'hallwatt'
const PUBLISHERS = 4
const DRAINED_WITHIN_MS = 60_000

/**
 * Terminals publish numbered readings at QoS 1 while the gateway, and in every third round InfluxDB too, is killed with
 * SIGKILL at a random moment and started again. What was not acknowledged is published again, as a real device would.
 * @param random  in [0, 1); decides the moments
 */
export async function crashRounds(rounds: number, random: () => number): Promise<CrashFigures> {
  const influx = await startInfluxdb()
  await influx.createDatabase(DATABASE)
  const users = Array.from({ length: PUBLISHERS }, (_, i) => `kiosk-0${i + 1}`)
  const hall = await makeHallFolder({
    devices: users.map((id) => ({ id, name: id, profile: 'hallwatt/kiosk', zone: 'lobby' })),
    more: { influx: { url: influx.url, api: 'v1', bucket: DATABASE } },
  })
  const acknowledged = new Map(users.map((user) => [user, new Set<number>()]))
  const readyMs: number[] = []
  let gateway = await startGatewayProcess(hall)
  const terminals = users.map((user) => publishing(user, hall.mqttPort, acknowledged.get(user)!))
  try {
    for (let round = 1; round <= rounds; round++) {
      await pause(300 + 1500 * random())
      await gateway.kill()
      if (round % 3 === 0) {
        await influx.kill()
        await influx.restart()
      }
      gateway = await startGatewayProcess(hall)
      readyMs.push(Math.round(gateway.readyMs))
    }
    await Promise.all(terminals.map((terminal) => terminal.stop()))
    return { rounds, readyMs, ...(await compare(influx, acknowledged)) }
  } finally {
    await Promise.all(terminals.map((terminal) => terminal.stop()))
    await gateway.stop()
    await influx.close()
    await hall.remove()
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** One terminal that counts: publishes number after number, each until it is acknowledged, and notes which were. */
function publishing(user: string, port: number, acknowledged: Set<number>) {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    username: user,
    clientId: user,
    clean: false,
    reconnectPeriod: 50,
    connectTimeout: 2000,
  })
  client.on('error', () => {}) // the broker is killed again and again: that is the point
  let running = true
  const started = Date.now()
  const loop = async () => {
    for (let n = 1; running; n++) {
      // The stamp is the message's identity: published again after a crash, it is the same point.
      await client.publishAsync(`hallwatt/donghu/${user}/state`, JSON.stringify({ t: started + n, transactions: n }), {
        qos: 1,
      })
      acknowledged.add(n)
    }
  }
  const done = loop()
  return {
    async stop() {
      running = false
      await done
      await client.endAsync(true)
    },
  }
}

/** Waits until InfluxDB stops growing, then holds every acknowledged number against it. */
async function compare(influx: InfluxdbServer, acknowledged: ReadonlyMap<string, ReadonlySet<number>>) {
  const total = [...acknowledged.values()].reduce((sum, numbers) => sum + numbers.size, 0)
  const deadline = Date.now() + DRAINED_WITHIN_MS
  const rows = () => influx.query(`SELECT transactions FROM kiosk GROUP BY device`, DATABASE)
  let found = await rows()
  while (found.length < total && Date.now() < deadline) {
    await pause(250)
    found = await rows()
  }
  let lost = 0
  let duplicated = 0
  for (const [user, numbers] of acknowledged) {
    const times = new Map<number, number>()
    for (const row of found) {
      if (row.device === user) times.set(row.transactions as number, (times.get(row.transactions as number) ?? 0) + 1)
    }
    for (const n of numbers) if (!times.has(n)) lost++
    for (const count of times.values()) duplicated += count - 1
  }
  return { acknowledged: total, lost, duplicated }
}
