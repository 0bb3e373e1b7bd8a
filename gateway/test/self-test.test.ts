import mqtt from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'
import { startMessageReceiver } from './support/message-receiver.ts'

let hall: HallFolder
let gateway: GatewayProcess | undefined
let receiver: Awaited<ReturnType<typeof startMessageReceiver>>
const clients: mqtt.MqttClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync()
  await gateway?.stop()
  receiver.close()
  await hall.remove()
})

const always = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }

async function openHall(selfTest: boolean) {
  receiver = await startMessageReceiver()
  hall = await makeHallFolder({
    devices: ['kiosk-01', 'kiosk-02'].map((id) => ({ id, name: id, profile: 'hallwatt/kiosk', zone: 'lobby' })),
    more: {
      repair: {
        openingHours: [always],
        people: [{ id: 'zhang', name: '张师傅', channels: ['chat'] }],
        duty: [{ people: ['zhang'] }],
        channels: { chat: { type: 'webhook', url: receiver.url } },
        verify: { healthyMinutes: 0.02, selfTest },
      },
    },
  })
  gateway = await startGatewayProcess(hall)
}

async function login(user: string) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, { username: user, clientId: user })
  clients.push(client)
  return client
}

const command = 'hallwatt/donghu/kiosk-01/command/self-test'

/** A terminal that is online, and the commands it got. */
async function terminal() {
  const client = await login('kiosk-01')
  const commands: { id: string; t: number }[] = []
  client.on('message', (topic, payload) => {
    expect(topic).toBe(command)
    commands.push(JSON.parse(payload.toString()))
  })
  await client.subscribeAsync(`hallwatt/donghu/kiosk-01/command/+`, { qos: 1 })
  await client.publishAsync('hallwatt/donghu/kiosk-01/online', 'true', { qos: 1, retain: true })
  return {
    commands,
    state: (values: object) =>
      client.publishAsync('hallwatt/donghu/kiosk-01/state', JSON.stringify({ t: Date.now(), ...values }), { qos: 1 }),
    answer: (answer: object) => client.publishAsync(`${command}/result`, JSON.stringify(answer), { qos: 1 }),
  }
}

async function until<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

interface Order {
  id: string
  state: string
  events: { type: string; reason?: string }[]
}
const read = async (id: string) => (await (await fetch(`${hall.http}/api/v1/orders/${id}`)).json()) as Order
const order = (id: string, state: string) =>
  until(async () => {
    const found = await read(id)
    return found.state === state ? found : undefined
  })

/** Presses the button of a one-tap link; gives the link to the next step. */
async function tap(link: string): Promise<string> {
  const answer = await fetch(link, { method: 'POST', headers: { origin: new URL(link).origin } })
  expect(answer.status).toBe(200)
  const [, path] = /href="([^"]*\/t\/[^"]+)"/.exec(await answer.text()) ?? []
  return new URL(path ?? '', hall.http).href
}

/** A jam that is repaired: gives the number of the order and the link that says 工作结束. */
async function repairedJam(kiosk: Awaited<ReturnType<typeof terminal>>) {
  await kiosk.state({ 'paperPath.receipt': 'ok' })
  await kiosk.state({ 'paperPath.receipt': 'jam' })
  const { text } = await receiver.message((message) => message.text.includes('卡纸'))
  const { orders } = (await (await fetch(`${hall.http}/api/v1/orders`)).json()) as { orders: Order[] }
  const { data } = JSON.parse(text) as { data: { links: { label: string; url: string }[] } }
  const finish = await tap(await tap(data.links.find(({ label }) => label === '接单')!.url))
  await kiosk.state({ 'paperPath.receipt': 'ok' })
  return { id: orders[0]!.id, finish }
}

test('a terminal that fails its own test sends the order back, and closes it when it passes', {
  timeout: 30_000,
}, async () => {
  await openHall(true)
  const kiosk = await terminal()
  const stranger = await login('kiosk-02')
  const { id, finish } = await repairedJam(kiosk)

  await tap(finish)
  const first = await until(() => kiosk.commands[0])
  expect(first).toEqual({ id, t: expect.any(Number) })
  // A neighbour cannot answer for it: the order goes by what the terminal says.
  await stranger.publishAsync(`${command}/result`, JSON.stringify({ id, ok: true }), { qos: 1 })
  await kiosk.answer({ id, ok: false, text: '切刀未复位' })
  const back = await order(id, 'accepted')
  expect(back.events.findLast(({ type }) => type === 'verificationFailed')?.reason).toBe('设备自检未通过:切刀未复位')

  await tap(finish)
  await until(() => kiosk.commands[1])
  expect((await read(id)).state).toBe('verifying')
  await kiosk.answer({ id, ok: true })
  await order(id, 'closed')
  expect(kiosk.commands).toHaveLength(2)
})

test('a hall that did not ask for it sends no command', { timeout: 30_000 }, async () => {
  await openHall(false)
  const kiosk = await terminal()
  const { id, finish } = await repairedJam(kiosk)
  await tap(finish)
  await order(id, 'closed')
  expect(kiosk.commands).toEqual([])
})
