import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { HALL_ID, makeBenchHall, metric, onDisk, startAsShipped, TERMINAL_QUANTITIES } from './bench-hall.ts'
import { publishFromThread } from './broker-publishers.ts'
import { takenBy } from './measured-process.ts'

const TERMINALS = 300
/** Five faults of each terminal, none of which waits. */
const BROKEN: Readonly<Record<string, readonly [number, number]>> = {
  ...TERMINAL_QUANTITIES,
  'paperRemaining.receipt': [5, 6],
  'paperRemaining.invoice': [5, 6],
  invoiceNumbersRemaining: [10, 20],
  cashBoxFill: [90, 92],
  coinRemaining: [0, 0],
}

const method = (seconds: number) =>
  `${TERMINALS} terminals publish a message of ${Object.keys(TERMINAL_QUANTITIES).length} numbers each second (QoS 1) to the gateway as shipped. They are well for five seconds; then from one message to the next each of them has five faults (two printers short of paper, no invoice numbers, a full cash box, no coins), and they go on publishing for ${seconds} s. Three people are on duty and hear of it by a webhook that answers at once. Acknowledged: from the publish to its PUBACK, which comes after the frame is on disk, during those ${seconds} s.`

/** A whole hall breaks at once: what the alarms, orders and messages of it cost those who go on measuring. */
export async function alarmStorm(seconds: number) {
  let requests = 0
  const receiver = createServer((request, response) => {
    requests++
    request.resume().on('end', () => response.end('{}'))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => receiver.once('listening', resolve))
  const { port } = receiver.address() as AddressInfo
  const hall = await makeBenchHall({
    terminals: TERMINALS,
    more: { repair: peopleTold(`http://127.0.0.1:${port}/`) },
  })
  try {
    const gateway = await startAsShipped(hall)
    const publish = (quantities: typeof BROKEN, measureMs: number) =>
      publishFromThread({
        port: hall.mqttPort,
        clients: TERMINALS,
        hall: HALL_ID,
        quantities,
        window: 1,
        paced: TERMINALS,
        warmUpMs: 0,
        measureMs,
      })
    const well = await publish(TERMINAL_QUANTITIES, 5000)
    const start = performance.now()
    const broken = publish(BROKEN, seconds * 1000)
    const openAlarms = () => metric(hall, 'hallwatt_alarms_open')
    const raised = untilRaised(openAlarms).then(() => performance.now() - start)
    const taken = await takenBy(gateway.child.pid!, broken)
    const { p50Ms, p99Ms, acknowledged } = await broken
    const raisedMs = await raised
    const alarms = await openAlarms()
    await gateway.stop()
    return {
      name: 'gateway: a storm of alarms',
      method: method(seconds),
      figures: {
        alarms,
        'all of them raised after, s': Math.round(raisedMs / 10) / 100,
        'publish to acknowledged p50, p99 while all is well, ms': `${round(well.p50Ms)}, ${round(well.p99Ms)}`,
        'publish to acknowledged p50 during the storm, ms': round(p50Ms),
        'publish to acknowledged p99 during the storm, ms': round(p99Ms),
        'CPU, share of one core': round(taken.cpuShare),
        'memory, most, MB RSS': Math.round(taken.rssMaxMB),
        'messages acknowledged': acknowledged + well.acknowledged,
        'of these lost': acknowledged + well.acknowledged - onDisk(hall).terminalFrames,
        'webhook requests': requests,
      },
    }
  } finally {
    await hall.remove()
    receiver.close()
  }
}

/** Looked for four times a second: each look costs the gateway a page of metrics. */
async function untilRaised(openAlarms: () => Promise<number>): Promise<void> {
  while ((await openAlarms()) < 5 * TERMINALS) await delay(250)
}

const peopleTold = (url: string) => ({
  channels: { hook: { type: 'webhook', url } },
  people: ['wang', 'li', 'zhao'].map((id) => ({ id, name: id, channels: ['hook'] })),
  lead: 'wang',
  duty: [{ people: ['wang', 'li', 'zhao'] }],
  openingHours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }],
})

const round = (value: number) => Math.round(value * 10) / 10
