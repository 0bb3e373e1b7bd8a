import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import mqttPacket from 'mqtt-packet'

/** What the publishing thread is told. */
export interface PublishersOrder {
  readonly port: number
  /** Users `bench-0`, `bench-1` …, each with a connection and a topic `hallwatt/<hall>/<user>/state` of its own. */
  readonly clients: number
  readonly hall: string
  /** The numbers in each message, beside its stamp `t`: between which two each of them lies. */
  readonly quantities: Readonly<Record<string, readonly [number, number]>>
  /** Unacknowledged messages per client: each acknowledgement sends the next message. */
  readonly window: number
  /** Messages per second of all clients together; without it as many as are acknowledged. */
  readonly paced?: number
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface PublishersResult {
  /** Within `measureMs`. */
  readonly acksPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** From the first message to the last acknowledgement; every message sent was acknowledged. */
  readonly acknowledged: number
}

/** Publishes from a thread of its own, so that the publishers do not take the event loop of what they measure. */
export async function publishFromThread(order: PublishersOrder): Promise<PublishersResult> {
  const worker = new Worker(new URL(import.meta.url), { workerData: order })
  try {
    const [result] = (await once(worker, 'message')) as [PublishersResult]
    return result
  } finally {
    await worker.terminate()
  }
}

/**
 * QoS 1 publishers on raw sockets. Packets are encoded once and only their message id and stamp are written anew, so that the
 * publishers cost little beside the broker.
 */
async function publish(order: PublishersOrder): Promise<PublishersResult> {
  let acknowledged = 0
  let acks = 0
  const latencies: number[] = []
  let measuring = false
  const onAck = (ms: number) => {
    acknowledged++
    if (!measuring) return
    acks++
    if (acks % 16 === 0 || order.paced !== undefined) latencies.push(ms)
  }
  const publishers = await Promise.all(
    Array.from({ length: order.clients }, (_, index) => connectPublisher(order, index, onAck)),
  )
  if (order.paced === undefined) for (const one of publishers) one.keepSending(order.window)
  const pacing = order.paced === undefined ? undefined : sendPaced(publishers, order.paced)
  await pause(order.warmUpMs)
  measuring = true
  const start = performance.now()
  await pause(order.measureMs)
  measuring = false
  const seconds = (performance.now() - start) / 1000
  clearInterval(pacing)
  await Promise.all(publishers.map((one) => one.end()))
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0
  return { acksPerSecond: acks / seconds, p50Ms: at(0.5), p99Ms: at(0.99), acknowledged }
}

function sendPaced(publishers: readonly Publisher[], perSecond: number): NodeJS.Timeout {
  const start = performance.now()
  let sent = 0
  return setInterval(() => {
    for (const due = ((performance.now() - start) / 1000) * perSecond; sent < due; sent++)
      publishers[sent % publishers.length]?.send(1)
  }, 10)
}

interface Publisher {
  send(count: number): void
  /** Sends `window` messages now and one more for every acknowledgement. */
  keepSending(window: number): void
  /** Sends nothing more; resolves when everything sent is acknowledged. */
  end(): Promise<void>
}

async function connectPublisher(
  { port, hall, quantities }: PublishersOrder,
  index: number,
  onAck: (ms: number) => void,
): Promise<Publisher> {
  const user = `bench-${index}`
  const socket = await connect(port, user)
  const topic = `hallwatt/${hall}/${user}/state`
  const packets = Array.from({ length: 8 }, (_, variant) => encode(topic, numbers(quantities, index * 8 + variant)))
  const sentAt = new Float64Array(65_536)
  const ended = Promise.withResolvers<void>()
  let messageId = 0
  let stamp = Date.now() - 3_600_000
  let outstanding = 0
  let again = false
  let ending = false

  function send(count: number): void {
    const now = performance.now()
    const burst: Buffer[] = []
    for (let i = 0; i < count; i++) {
      messageId = (messageId % 65_535) + 1
      stamp++
      const { packet, idAt, stampAt } = packets[messageId % packets.length]!
      const copy = Buffer.from(packet)
      copy.writeUInt16BE(messageId, idAt)
      copy.write(String(stamp), stampAt, 'latin1')
      burst.push(copy)
      sentAt[messageId] = now
    }
    outstanding += count
    socket.write(burst.length === 1 ? burst[0]! : Buffer.concat(burst))
  }

  let left: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    const bytes = left.length > 0 ? Buffer.concat([left, chunk]) : chunk
    const whole = Math.floor(bytes.length / 4)
    const now = performance.now()
    // A PUBACK is four bytes: 0x40, 0x02, message id.
    for (let i = 0; i < whole; i++) onAck(now - (sentAt[bytes.readUInt16BE(i * 4 + 2)] ?? now))
    left = Buffer.from(bytes.subarray(whole * 4))
    outstanding -= whole
    if (again && whole > 0) send(whole)
    if (ending && outstanding === 0) ended.resolve()
  })
  socket.on('close', () => ended.resolve())
  return {
    send,
    keepSending(window) {
      again = true
      send(window)
    },
    async end() {
      again = false
      ending = true
      if (outstanding > 0) await ended.promise
      socket.destroy()
    },
  }
}

async function connect(port: number, user: string): Promise<Socket> {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  socket.write(
    mqttPacket.generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: user,
      username: user,
      clean: true,
      keepalive: 0,
    }),
  )
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (answer[3] !== 0) throw new Error(`The broker refused ${user} with code ${answer[3]}.`)
  return socket
}

/** One PUBLISH with a stamp of 13 digits to be overwritten. */
function encode(topic: string, values: Record<string, number>) {
  const payload = JSON.stringify({ t: 1_000_000_000_000, ...values })
  const packet = mqttPacket.generate({
    cmd: 'publish',
    topic,
    payload,
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  })
  // Fixed header, two bytes of length, topic; then the message id; then the payload, which begins with {"t":
  const idAt = packet.indexOf(topic) + topic.length
  return { packet, idAt, stampAt: idAt + 2 + '{"t":'.length }
}

/** Numbers of at most three decimals: what percentages, seconds and degrees look like. */
const numbers = (quantities: PublishersOrder['quantities'], seed: number): Record<string, number> =>
  Object.fromEntries(
    Object.entries(quantities).map(([name, [low, high]], i) => [
      name,
      Math.round((low + ((high - low) * ((seed * 7919 + i * 104_729) % 1000)) / 1000) * 1000) / 1000,
    ]),
  )

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

if (parentPort && workerData !== null) parentPort.postMessage(await publish(workerData as PublishersOrder))
