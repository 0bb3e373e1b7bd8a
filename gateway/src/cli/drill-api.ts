import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { HallwattError } from '../domain/errors.ts'

const alarmSchema = z.object({
  id: z.string(),
  fault: z.object({ device: z.string(), code: z.string(), part: z.string() }),
  state: z.string(),
  condition: z.string(),
  priority: z.enum(['P1', 'P2', 'P3', 'P4']),
  latched: z.boolean(),
  suppressed: z.object({ by: z.string(), alarm: z.string().optional() }).optional(),
  impact: z.object({ zh: z.string() }),
  firstAction: z.object({ zh: z.string() }),
  sparePart: z.object({ zh: z.string() }).optional(),
})
const orderSchema = z.object({
  id: z.string(),
  state: z.string(),
  device: z.string(),
  openAlarms: z.array(z.string()),
  faults: z.array(z.object({ device: z.string(), code: z.string() })),
})
const devicesSchema = z.object({ devices: z.array(z.object({ id: z.string(), presence: z.string() })) })
const alarmDetailSchema = z.object({
  raisedAt: z.number(),
  transitions: z.array(z.object({ at: z.number(), cause: z.string() })),
})
const orderDetailSchema = orderSchema.extend({ events: z.array(z.looseObject({ type: z.string(), at: z.number() })) })

export type DrillAlarm = z.infer<typeof alarmSchema>
export type DrillOrder = z.infer<typeof orderSchema>
export type DrillOrderDetail = z.infer<typeof orderDetailSchema>

/** What a person or a program does with the gateway and the simulators, over their HTTP interfaces. */
export interface DrillApi {
  /** Resolves when every device is online and nothing is open from the start of the hall. */
  ready(timeoutMs: number): Promise<void>
  openAlarms(): Promise<DrillAlarm[]>
  openOrders(): Promise<DrillOrder[]>
  order(id: string): Promise<DrillOrderDetail>
  /** `foundAt`: the readings said so; `raisedAt`: it became an alarm, after on-delay and hold-off. */
  alarmTimes(alarm: string): Promise<{ foundAt: number; raisedAt: number }>
  /** Refusals because somebody already did it are fine: they are what the second of two gets. */
  acknowledge(alarm: string): Promise<void>
  releaseLatch(alarm: string): Promise<void>
  /** Opens a one-tap link and presses its button. @returns what the page then offers: what stands on the button → its link */
  tap(url: string): Promise<ReadonlyMap<string, string>>
  setFault(order: Readonly<Record<string, unknown>>): Promise<void>
  clearFault(device: string, fault: string): Promise<void>
  /** Leaves nothing open on a device whose row did not get through, or the next one there would join its order. */
  tidyUp(device: string): Promise<void>
}

export function createDrillApi(options: { gateway: string; control: string; token: string }): DrillApi {
  const { gateway, control, token } = options
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const get = (path: string) => ask(`${gateway}/api/v1${path}`, { headers })
  const post = (path: string, body: object) =>
    reach(`${gateway}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) }, [409])

  const devices = async () => devicesSchema.parse(await get('/devices')).devices

  async function notReady(): Promise<string> {
    const away = (await devices()).filter(({ presence }) => presence !== 'online').map(({ id }) => id)
    if (away.length > 0) return `not online: ${away.join(', ')}`
    const open = z.object({ alarms: z.array(alarmSchema) }).parse(await get('/alarms')).alarms
    return open.map(({ fault }) => `${fault.code} on ${fault.device}`).join(', ')
  }

  return {
    async ready(timeoutMs) {
      const endMs = performance.now() + timeoutMs
      for (;;) {
        const why = await notReady()
        if (why === '') return
        if (performance.now() > endMs) throw new HallwattError('HW_DRILL_FAILED', `The hall is not ready: ${why}.`)
        await delay(500)
      }
    },
    openAlarms: async () => z.object({ alarms: z.array(alarmSchema) }).parse(await get('/alarms')).alarms,
    openOrders: async () => z.object({ orders: z.array(orderSchema) }).parse(await get('/orders')).orders,
    order: async (id) => orderDetailSchema.parse(await get(`/orders/${id}`)),
    async alarmTimes(id) {
      const alarm = alarmDetailSchema.parse(await get(`/alarms/${id}`))
      const raised = alarm.transitions.findLast(({ cause }) => cause === 'raised')
      if (!raised) throw new Error(`${id} has no record of being raised`)
      return { foundAt: alarm.raisedAt, raisedAt: raised.at }
    },
    async acknowledge(alarm) {
      await post(`/alarms/${alarm}/acknowledge`, {})
    },
    async releaseLatch(alarm) {
      await post(`/alarms/${alarm}/release-latch`, { reason: '演练：已到现场核查' })
    },
    async tap(url) {
      const page = await (await reach(url)).text()
      const answer = await reach(url, { method: 'POST', body: hiddenFields(page) })
      return offered(await answer.text(), url)
    },
    async setFault(order) {
      await reach(`${control}/faults`, { method: 'POST', body: JSON.stringify(order) })
    },
    async clearFault(device, fault) {
      await reach(`${control}/faults/${device}/${fault}`, { method: 'DELETE' })
    },
    async tidyUp(device) {
      const { alarms } = z.object({ alarms: z.array(alarmSchema) }).parse(await get('/alarms'))
      for (const { id, latched, fault } of alarms)
        if (latched && fault.device === device) await post(`/alarms/${id}/release-latch`, { reason: '演练未通过' })
      const { orders } = z.object({ orders: z.array(orderSchema) }).parse(await get('/orders'))
      for (const order of orders)
        if (order.device === device) await post(`/orders/${order.id}/override-close`, { reason: '演练未通过' })
    },
  }
}

async function ask(url: string, init: RequestInit): Promise<unknown> {
  return (await reach(url, init)).json()
}

/** Waits as long as the gateway asks for when so many rows at once were too much for one address; nothing was done then. */
async function reach(url: string, init: RequestInit = {}, fine: readonly number[] = []): Promise<Response> {
  for (;;) {
    const response = await fetch(url, init)
    if (response.ok || fine.includes(response.status)) return response
    const text = await response.text()
    if (response.status !== 429)
      throw new Error(`${new URL(url).pathname.slice(0, 60)} answered ${response.status}: ${text.slice(0, 300)}`)
    await delay(1000 * Number(response.headers.get('retry-after') ?? 1))
  }
}

/** What the page's own form would send. */
function hiddenFields(page: string): URLSearchParams {
  const fields = new URLSearchParams()
  for (const [input] of page.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(input, 'name')
    if (attribute(input, 'type') === 'hidden' && name !== undefined) fields.set(name, attribute(input, 'value') ?? '')
  }
  return fields
}

/** Links and forms of a page that lead to another one-tap address, by what a person reads on them. */
function offered(page: string, url: string): Map<string, string> {
  const taps = new Map<string, string>()
  for (const [element, , text = ''] of page.matchAll(/<(a|form)\b[^>]*>([\s\S]*?)<\/\1>/g)) {
    const address = attribute(element, 'href') ?? attribute(element, 'action')
    const target = address === undefined ? url : new URL(address, url).href
    if (target !== url && target.includes('/t/')) taps.set(text.replace(/<[^>]*>/g, ' ').trim(), target)
  }
  return taps
}

const attribute = (element: string, name: string): string | undefined =>
  new RegExp(`^<[^>]*\\b${name}="([^"]*)"`).exec(element)?.[1]?.replaceAll('&amp;', '&')
