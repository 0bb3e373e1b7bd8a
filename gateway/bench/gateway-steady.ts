import { setTimeout as delay } from 'node:timers/promises'
import { sdm630 } from '../../simulators/modbus/eastron.ts'
import { startModbusServer } from '../../simulators/modbus-server.ts'
import { createMeter } from '../../simulators/physics/electric.ts'
import { HALL_ID, makeBenchHall, metric, onDisk, startAsShipped, TERMINAL_QUANTITIES } from './bench-hall.ts'
import { publishFromThread } from './broker-publishers.ts'
import { takenBy } from './measured-process.ts'

const TERMINALS = 420
const LINES = 4
const METERS_PER_LINE = 15

const METHOD = `The gateway as a process of its own, as shipped. ${TERMINALS} terminals publish a message of ${Object.keys(TERMINAL_QUANTITIES).length} numbers each second (QoS 1); ${LINES * METERS_PER_LINE} Eastron SDM630 behind ${LINES} Modbus TCP servers (the simulators' own implementation) are polled every second. All of it is decoded, shown, published as retained topics and stored.
CPU (all threads) and memory as Linux counts them for the process, after a warm-up of five seconds. At the end the gateway is stopped and the frames are counted in the database file by SQLite: what was acknowledged and is not there is lost.`

/** 10,000 points a second, decoded and stored: what it takes. */
export async function steadyLoad(seconds: number) {
  const servers = await Promise.all(Array.from({ length: LINES }, meterServer))
  const hall = await makeBenchHall({
    terminals: TERMINALS,
    links: Object.fromEntries(
      servers.map(({ port }, line) => [`line-${line}`, { type: 'modbus-tcp', host: '127.0.0.1', port }]),
    ),
    devices: servers.flatMap((_, line) => Array.from({ length: METERS_PER_LINE }, (_, at) => meter(line, at + 1))),
  })
  try {
    const gateway = await startAsShipped(hall)
    const published = publishFromThread({
      port: hall.mqttPort,
      clients: TERMINALS,
      hall: HALL_ID,
      quantities: TERMINAL_QUANTITIES,
      window: 1,
      paced: TERMINALS,
      warmUpMs: Math.min(5, seconds) * 1000,
      measureMs: seconds * 1000,
    })
    await delay(Math.min(5, seconds) * 1000)
    const loopDelaysMs: number[] = []
    const watching = setInterval(async () => {
      loopDelaysMs.push(1000 * (await metric(hall, 'hallwatt_event_loop_delay_p99_seconds').catch(() => 0)))
    }, 5000)
    const taken = await takenBy(gateway.child.pid!, delay(seconds * 1000 - 200))
    clearInterval(watching)
    const { acknowledged, p50Ms, p99Ms } = await published
    loopDelaysMs.push(1000 * (await metric(hall, 'hallwatt_event_loop_delay_p99_seconds')))
    const runS = Math.min(5, seconds) + seconds
    await gateway.stop()
    const stored = onDisk(hall)
    return {
      name: 'gateway: 10,000 points a second',
      method: METHOD,
      figures: {
        'points decoded and stored per second': Math.round(stored.points / runS),
        'of these by Modbus, %': Math.round(
          100 - (100 * stored.terminalFrames * Object.keys(TERMINAL_QUANTITIES).length) / stored.points,
        ),
        'CPU, share of one core (goal ≤ 1)': round(taken.cpuShare),
        'memory, most, MB RSS (goal ≤ 250)': Math.round(taken.rssMaxMB),
        'event loop delay p99, worst ten seconds, ms': round(Math.max(...loopDelaysMs)),
        'publish to acknowledged p50, ms': round(p50Ms),
        'publish to acknowledged p99, ms': round(p99Ms),
        'messages acknowledged': acknowledged,
        'of these lost': acknowledged - stored.terminalFrames,
        'frames of meters on disk': stored.meterFrames,
      },
    }
  } finally {
    await hall.remove()
    await Promise.all(servers.map((server) => server.close()))
  }
}

function meterServer() {
  const units = Array.from({ length: METERS_PER_LINE }, (_, at) => {
    const meter = createMeter(1000 + at)
    // Something flows, and each time another amount.
    setInterval(
      () => meter.step({ p: [noise(800), noise(700), noise(900)], q: [50, 40, 60] }, supply(), 1),
      500,
    ).unref()
    return [at + 1, { device: `meter-${at}`, map: sdm630(meter.state), trouble: {} }] as const
  })
  return startModbusServer({ host: '127.0.0.1', port: 0, framing: 'tcp', units: new Map(units) })
}

const meter = (line: number, unitId: number) => ({
  id: `meter-${line}-${unitId}`,
  name: `meter-${line}-${unitId}`,
  profile: 'eastron/sdm630',
  zone: 'lobby',
  link: `line-${line}`,
  unitId,
  periodMs: 1000,
})

const supply = () => ({ u: [noise(230), noise(230), noise(230)] as [number, number, number], hz: 50 })
const noise = (around: number) => around * (0.98 + Math.random() * 0.04)
const round = (value: number) => Math.round(value * 100) / 100
