import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import mqttPacket from 'mqtt-packet'

/** What the publishing thread is told. */
export interface PublishersOrder {
  readonly port: number
  readonly clients: number
  /** Unacknowledged messages per client. */
  readonly window: number
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface PublishersResult {
  readonly acksPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/**
 * Closed-loop QoS 1 publishers on raw sockets: every acknowledgement sends the next message. Packets are encoded once and only
 * their message id is written anew, so that the publishers cost little beside the broker.
 */
async function publish(order: PublishersOrder): Promise<PublishersResult> {
  let acks = 0
  const latencies: number[] = []
  let measuring = false
  const sockets = await Promise.all(
    Array.from({ length: order.clients }, (_, i) =>
      publisher(order, i, (ms) => {
        if (!measuring) return
        acks++
        if (acks % 16 === 0) latencies.push(ms)
      }),
    ),
  )
  await pause(order.warmUpMs)
  measuring = true
  const start = performance.now()
  await pause(order.measureMs)
  measuring = false
  const seconds = (performance.now() - start) / 1000
  for (const socket of sockets) socket.destroy()
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0
  return { acksPerSecond: acks / seconds, p50Ms: at(0.5), p99Ms: at(0.99) }
}

async function publisher(order: PublishersOrder, index: number, onAck: (ms: number) => void): Promise<Socket> {
  const socket = createConnection({ port: order.port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const user = `bench-${index}`
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
  await once(socket, 'data')
  const topic = `hallwatt/bench/${user}/state`
  const values = { t: 1_763_769_600_000, activePower: 1234.5, voltageL1: 231.5, currentL1: 5.33, frequency: 50.01 }
  const payload = JSON.stringify(values).padEnd(200)
  const packet = mqttPacket.generate({
    cmd: 'publish',
    topic,
    payload,
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  })
  // Fixed header, two bytes of length, topic; then the message id.
  const idAt = packet.indexOf(topic) + topic.length
  const sentAt = new Float64Array(65_536)
  let messageId = 0
  const send = (count: number) => {
    const now = performance.now()
    const burst = Buffer.alloc(packet.length * count)
    for (let i = 0; i < count; i++) {
      messageId = (messageId % 65_535) + 1
      packet.copy(burst, i * packet.length)
      burst.writeUInt16BE(messageId, i * packet.length + idAt)
      sentAt[messageId] = now
    }
    socket.write(burst)
  }
  let left = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    const bytes = left.length > 0 ? Buffer.concat([left, chunk]) : chunk
    const whole = Math.floor(bytes.length / 4)
    const now = performance.now()
    // A PUBACK is four bytes: 0x40, 0x02, message id.
    for (let i = 0; i < whole; i++) onAck(now - (sentAt[bytes.readUInt16BE(i * 4 + 2)] ?? now))
    left = Buffer.from(bytes.subarray(whole * 4))
    if (whole > 0) send(whole)
  })
  send(order.window)
  return socket
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

if (parentPort) parentPort.postMessage(await publish(workerData as PublishersOrder))
