import { startInfluxdb } from '../test/servers/influxdb.ts'
import { startMosquitto } from '../test/servers/mosquitto.ts'
import { HALL_ID, makeBenchHall, startAsShipped, TERMINAL_QUANTITIES } from './bench-hall.ts'
import { type PublishersOrder, publishFromThread } from './broker-publishers.ts'
import { takenBy, until } from './measured-process.ts'

const CLIENTS = 100

const METHOD = `${CLIENTS} terminals publish messages of ${Object.keys(TERMINAL_QUANTITIES).length} numbers, QoS 1, 20 in flight each, every acknowledgement sends the next: to the gateway (as shipped, a process of its own), which decodes, stores and acknowledges each and forwards it to a real InfluxDB 1.6 on the same machine, and then the very same to Mosquitto, which acknowledges from memory and does nothing else.
When the publishers have stopped, the rest is waited for: "in InfluxDB" counts from the first message until InfluxDB answers a query with the last one. Every message has a stamp of its own, so what is counted there is what was acknowledged.`

/** Publish, durable, decoded, in InfluxDB: how much, and that all of it is there. */
export async function toInfluxdb(measureMs: number) {
  const influxdb = await startInfluxdb()
  await influxdb.createDatabase('bench')
  const hall = await makeBenchHall({
    terminals: CLIENTS,
    more: { influx: { url: influxdb.url, api: 'v1', bucket: 'bench' } },
  })
  const order = {
    clients: CLIENTS,
    hall: HALL_ID,
    quantities: TERMINAL_QUANTITIES,
    window: 20,
    warmUpMs: measureMs / 5,
    measureMs,
  }
  try {
    const gateway = await startAsShipped(hall)
    const counts = async () => {
      const [row = {}] = await influxdb.query('SELECT count(*) FROM kiosk', 'bench')
      const fields = Object.entries(row).filter(([name]) => name.startsWith('count_'))
      const numbers = fields.map(([, count]) => Number(count))
      return { frames: Math.max(0, ...numbers), points: numbers.reduce((sum, count) => sum + count, 0) }
    }
    const startMs = performance.now()
    const publishing = publishFromThread({ ...order, port: hall.mqttPort })
    const taken = await takenBy(gateway.child.pid!, publishing)
    const ours = await publishing
    await until('everything in InfluxDB', 300_000, async () => (await counts()).frames >= ours.acknowledged)
    const seconds = (performance.now() - startMs) / 1000
    const arrived = await counts()
    await gateway.stop()
    const mosquitto = await mosquittoAlone(order)
    return {
      name: 'gateway: publish, durable, in InfluxDB',
      method: METHOD,
      figures: {
        'acknowledged per second, messages': Math.round(ours.acksPerSecond),
        'acknowledged per second, points': Math.round(ours.acksPerSecond * Object.keys(TERMINAL_QUANTITIES).length),
        'publish to acknowledged p50, ms': round(ours.p50Ms),
        'publish to acknowledged p99, ms': round(ours.p99Ms),
        'in InfluxDB per second, messages': Math.round(arrived.frames / seconds),
        'in InfluxDB per second, points': Math.round(arrived.points / seconds),
        'gateway CPU while publishing, cores': round(taken.cpuShare),
        'gateway memory, most, MB RSS': Math.round(taken.rssMaxMB),
        'messages acknowledged': ours.acknowledged,
        'of these not in InfluxDB': ours.acknowledged - arrived.frames,
        'values not in InfluxDB': ours.acknowledged * Object.keys(TERMINAL_QUANTITIES).length - arrived.points,
        'Mosquitto alone, in memory, messages/s': Math.round(mosquitto.acksPerSecond),
        'ratio of acknowledged messages': round(ours.acksPerSecond / mosquitto.acksPerSecond),
      },
    }
  } finally {
    await influxdb.close()
    await hall.remove()
  }
}

async function mosquittoAlone(order: Omit<PublishersOrder, 'port'>) {
  const mosquitto = await startMosquitto({ extraConfiguration: 'persistence false\nlog_type none' })
  try {
    return await publishFromThread({ ...order, port: mosquitto.port })
  } finally {
    await mosquitto.close()
  }
}

const round = (value: number) => Math.round(value * 100) / 100
