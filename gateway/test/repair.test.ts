import mqtt from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'
import { startMessageReceiver } from './support/message-receiver.ts'

let hall: HallFolder
let gateway: GatewayProcess | undefined
let receiver: Awaited<ReturnType<typeof startMessageReceiver>>
afterEach(async () => {
  await gateway?.stop()
  receiver.close()
  await hall.remove()
})

const always = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }

async function openHall() {
  receiver = await startMessageReceiver()
  hall = await makeHallFolder({
    devices: [
      { id: 'kiosk-01', name: '1号缴费机', profile: 'hallwatt/kiosk', zone: 'lobby' },
      { id: 'kiosk-02', name: '2号缴费机', profile: 'hallwatt/kiosk', zone: 'lobby' },
    ],
    more: {
      repair: {
        openingHours: [always],
        people: [{ id: 'zhang', name: '张师傅', channels: ['chat'] }],
        duty: [{ people: ['zhang'] }],
        channels: { chat: { type: 'webhook', url: receiver.url } },
        verify: { healthyMinutes: 0.02 },
      },
    },
  })
  gateway = await startGatewayProcess(hall)
}

async function terminal(id: string) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, { username: id, clientId: id })
  await client.publishAsync(`hallwatt/donghu/${id}/online`, 'true', { qos: 1, retain: true })
  return {
    state: (values: object) =>
      client.publishAsync(`hallwatt/donghu/${id}/state`, JSON.stringify({ t: Date.now(), ...values }), { qos: 1 }),
    close: () => client.endAsync(),
  }
}

interface Order {
  id: string
  state: string
}
const orders = async (query = '') =>
  ((await (await fetch(`${hall.http}/api/v1/orders${query}`)).json()) as { orders: Order[] }).orders

async function order(id: string, state: string): Promise<Order> {
  for (;;) {
    const found = (await (await fetch(`${hall.http}/api/v1/orders/${id}`)).json()) as Order
    if (found.state === state) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Opens a one-tap link the way a phone does and presses its button; gives the page that comes back. */
async function tap(link: string): Promise<string> {
  const page = await fetch(link)
  expect(page.status).toBe(200)
  const answer = await fetch(link, { method: 'POST', headers: { origin: new URL(link).origin } })
  expect(answer.status).toBe(200)
  return answer.text()
}

/** The page after a tap leads on to the next one. */
const nextLink = (page: string): string => {
  const [, path] = /href="([^"]*\/t\/[^"]+)"/.exec(page) ?? []
  if (path === undefined) throw new Error(`no next step on the page:\n${page}`)
  return new URL(path, hall.http).href
}

test('a jam is told with what to do, taken by one tap, and closes when the terminal itself proves healthy', {
  timeout: 60_000,
}, async () => {
  await openHall()
  const kiosk = await terminal('kiosk-01')
  await kiosk.state({ 'paperPath.receipt': 'ok' })
  const jammedAt = Date.now()
  await kiosk.state({ 'paperPath.receipt': 'jam' })
  const alert = await receiver.message(({ text }) => text.includes('卡纸'))
  expect(alert.at - jammedAt).toBeLessThan(5000)
  expect(alert.text).toContain('1号缴费机')
  expect(alert.text).toMatch(/打印不了|不能打印/) // what the customer cannot do
  expect(alert.text).toContain('打开上盖') // the first step

  const [made] = await orders()
  expect(made?.state).toBe('dispatched')
  const { data } = JSON.parse(alert.text) as { data: { links: { label: string; url: string }[] } }
  const accepted = await tap(data.links.find(({ label }) => label === '接单')!.url)
  await order(made!.id, 'accepted')
  const arrived = await tap(nextLink(accepted))
  await order(made!.id, 'onSite')
  await tap(nextLink(arrived))
  await order(made!.id, 'verifying')
  // Still jammed: it must not close. Then the paper is out, and the terminal says so itself.
  await kiosk.state({ 'paperPath.receipt': 'ok' })
  await order(made!.id, 'closed')
  await receiver.message(({ text }) => text.includes('恢复'))
  await kiosk.close()
})

test('after kill -9 an open alarm goes on as the same alarm, and nobody is told twice', {
  timeout: 60_000,
}, async () => {
  await openHall()
  const kiosk = await terminal('kiosk-01')
  await kiosk.state({ 'paperPath.receipt': 'jam' })
  await receiver.message(({ text }) => text.includes('卡纸'))
  const [before] = await orders()
  await gateway?.kill()
  gateway = await startGatewayProcess(hall)
  const again = await terminal('kiosk-01')
  await again.state({ 'paperPath.receipt': 'jam' })
  const [after, ...more] = await orders()
  expect(after?.id).toBe(before?.id)
  expect(more).toEqual([])
  // The next message is about something else: what was told before the crash is not told again.
  await again.state({ 'paperPath.receipt': 'jam', 'paper.invoice': 'out' })
  await receiver.message(({ text }) => text.includes('缺纸'))
  // A send cut off by the kill goes out once more under its old id, by which the receiver drops it.
  const jams = receiver.messages.filter(({ text }) => text.includes('卡纸') && !text.includes('缺纸'))
  expect(new Set(jams.map(({ id }) => id)).size).toBe(1)
  await kiosk.close()
  await again.close()
})
