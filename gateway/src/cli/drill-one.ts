import { FAULT_CODES } from '../domain/fault-codes.ts'
import type { DrillAlarm, DrillApi, DrillOrderDetail } from './drill-api.ts'
import type { Board } from './drill-board.ts'
import type { Received } from './drill-receiver.ts'
import { type DrilledCode, drillRow } from './drill-rows.ts'

/** The way of a fault, in its order. */
export const STAGES = [
  'set',
  'detect',
  'alert',
  'message',
  'acknowledge',
  'order',
  'arrive',
  'finish',
  'clear',
  'verify',
  'close',
  'recovery',
] as const
export type Stage = (typeof STAGES)[number]

/** Milliseconds. */
export interface StageTimes {
  /** Set at the device → the readings say so. */
  readonly find: number
  /** Set at the device → the alarm is raised: after on-delay and the hold-off for a parent. */
  readonly detect: number
  /** Set at the device → the channel has accepted the message. */
  readonly alert: number
  /** The message is here → the order is accepted by one tap. */
  readonly acknowledge: number
  readonly arrive: number
  readonly finish: number
  /** The condition is gone at the device → the device has proved healthy. */
  readonly verify: number
  /** Set at the device → the order is closed. */
  readonly close: number
}

export type DrillResult = { readonly code: DrilledCode; readonly device: string } & (
  | { readonly passed: true; readonly priority: string; readonly times: StageTimes }
  | { readonly passed: false; readonly stage: Stage; readonly reason: string }
)

export interface DrillParts {
  readonly api: DrillApi
  readonly board: Board
  /** How the hall calls a device. */
  readonly nameOf: (device: string) => string
}

/** A stage that takes longer than this has failed. Silence needs three periods of ten seconds and the hold-off for its parent. */
const STAGE_TIMEOUT_MS = 30_000
const DETECT_TIMEOUT_MS = 75_000

/** Drives one row of the taxonomy on one device from the fault to the closed order. Never rejects. */
export async function drillOne(code: DrilledCode, device: string, parts: DrillParts): Promise<DrillResult> {
  const drill = new Drill(code, device, parts)
  try {
    return { code, device, passed: true, ...(await drill.run()) }
  } catch (error) {
    const { clearFault, tidyUp } = parts.api
    await clearFault(device, drillRow(code).fault)
      .then(() => tidyUp(device))
      .catch(() => {}) // what failed stands in the result; a gateway that is gone cannot be tidied up
    return { code, device, passed: false, stage: drill.stage, reason: (error as Error).message }
  }
}

class Drill {
  stage: Stage = 'set'
  readonly #code: DrilledCode
  readonly #device: string
  readonly #parts: DrillParts
  #firstMessage = 0
  #next: ReadonlyMap<string, string> = new Map()

  constructor(code: DrilledCode, device: string, parts: DrillParts) {
    this.#code = code
    this.#device = device
    this.#parts = parts
  }

  async run(): Promise<{ priority: string; times: StageTimes }> {
    const { api, board } = this.#parts
    const { fault, parameters } = drillRow(this.#code)
    this.#firstMessage = board.seen().messages.length
    const setAt = Date.now()
    await api.setFault({ fault, device: this.#device, ...parameters })

    this.stage = 'detect'
    const alarm = await board.until(({ alarms }) => alarms.find((one) => this.#isOurs(one)), DETECT_TIMEOUT_MS)
    this.stage = 'alert'
    const message = await this.#message((one) => one.kind !== 'recovery' && this.#names(one))
    this.stage = 'message'
    complain(missingIn(message, alarm))

    this.stage = 'order'
    const { id } = await board.until(
      ({ orders }) => orders.find((order) => order.device === this.#device && order.openAlarms.includes(alarm.id)),
      STAGE_TIMEOUT_MS,
    )
    this.stage = 'acknowledge'
    await this.#tap(message.links.find(({ label }) => label.includes('接单'))?.url)
    await api.acknowledge(alarm.id)
    this.stage = 'arrive'
    await this.#tap(this.#offered('已到现场'))
    this.stage = 'finish'
    await this.#tap(this.#offered('工作结束'))

    this.stage = 'clear'
    // Said to be finished and still broken: nothing but the device itself may close the order.
    if ((await api.order(id)).state === 'closed') throw new Error(`${id} was closed while the fault was still there`)
    const clearedAt = Date.now()
    await api.clearFault(this.#device, fault)
    await board.until(
      ({ alarms }) => alarms.find((one) => one.id === alarm.id)?.condition !== 'present' || undefined,
      STAGE_TIMEOUT_MS,
    )
    const left = board.seen().alarms.find((one) => one.id === alarm.id)
    if (left?.latched) await api.releaseLatch(alarm.id)

    this.stage = 'verify'
    await board.until(({ orders }) => !orders.some((order) => order.id === id) || undefined, STAGE_TIMEOUT_MS)
    this.stage = 'close'
    const order = await api.order(id)
    if (order.state !== 'closed') throw new Error(`${id} is ${order.state}, not closed`)
    const times = timesOf(order, { setAt, clearedAt, messageAt: message.at, ...(await api.alarmTimes(alarm.id)) })
    this.stage = 'recovery'
    await this.#message((one) => one.kind === 'recovery' && this.#names(one))
    return { priority: alarm.priority, times }
  }

  #isOurs({ fault }: DrillAlarm): boolean {
    return fault.device === this.#device && fault.code === this.#code
  }

  /** Every message names the device and what is broken. */
  #names({ title, lines }: Received): boolean {
    const text = [title, ...lines].join('\n')
    return text.includes(this.#parts.nameOf(this.#device)) && text.includes(FAULT_CODES[this.#code].zh)
  }

  #message(fits: (message: Received) => boolean): Promise<Received> {
    return this.#parts.board.until(({ messages }) => messages.slice(this.#firstMessage).find(fits), STAGE_TIMEOUT_MS)
  }

  /** One tap of the person; the page it answers with offers what comes next. */
  async #tap(url: string | undefined): Promise<void> {
    if (url === undefined) throw new Error('nobody is offered a link for it')
    this.#next = await this.#parts.api.tap(url)
  }

  #offered(label: string): string | undefined {
    return [...this.#next].find(([text]) => text.includes(label))?.[1]
  }
}

function timesOf(
  order: DrillOrderDetail,
  seen: { setAt: number; clearedAt: number; messageAt: number; foundAt: number; raisedAt: number },
): StageTimes {
  const at = (type: string): number => {
    const event = order.events.findLast((one) => one.type === type)
    if (!event) throw new Error(`${order.id} was never ${type}`)
    return event.at
  }
  return {
    find: seen.foundAt - seen.setAt,
    detect: seen.raisedAt - seen.setAt,
    alert: seen.messageAt - seen.setAt,
    acknowledge: at('accepted') - seen.messageAt,
    arrive: at('arrived') - at('accepted'),
    finish: at('finished') - at('arrived'),
    verify: at('verificationPassed') - seen.clearedAt,
    close: at('closed') - seen.setAt,
  }
}

/** What the message of an alarm owes its reader, and does not say. */
function missingIn({ title, lines }: Received, alarm: DrillAlarm): string[] {
  const text = [title, ...lines].join('\n')
  const owed = { impact: alarm.impact.zh, 'first step': alarm.firstAction.zh, part: alarm.sparePart?.zh }
  return Object.entries(owed).flatMap(([what, words]) =>
    words === undefined || text.includes(words) ? [] : `the ${what} (${words})`,
  )
}

function complain(missing: readonly string[]): void {
  if (missing.length > 0) throw new Error(`the message does not say ${missing.join(', ')}`)
}
