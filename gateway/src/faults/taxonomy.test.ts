import { describe, expect, test } from 'vitest'
import type { DeviceKind } from '../domain/device-kind.ts'
import { FAULT_CODES, type FaultCode } from '../domain/fault-codes.ts'
import { faultFacts } from '../domain/fault-facts.ts'
import type { Value } from '../domain/frame.ts'
import { PARTS, partWord } from '../domain/part-states.ts'
import { createTestHall } from './faults-fixture.ts'

const everyCode = Object.keys(FAULT_CODES) as FaultCode[]
/** A demonstration finds it when it switches off; what a device says alone does not show it. */
const codes = everyCode.filter((code) => code !== 'demo.not_off')
const DAY = 86_400

interface Story {
  readonly kind: DeviceKind
  /** What the device says, one frame after the other; an empty frame: it goes. */
  readonly says: readonly Readonly<Record<string, Value>>[]
  readonly thenS: number
}

/** Faults that no word of a part stands for. */
const STORIES: Partial<Record<FaultCode, Story>> = {
  'host.disk_full': { kind: 'kiosk', says: [{ diskFree: 4 }], thenS: 0 },
  'host.mem_low': { kind: 'kiosk', says: [{ memoryFree: 4 }], thenS: 601 },
  'host.hot': { kind: 'kiosk', says: [{ 'temperature.cabinet': 58 }], thenS: 31 },
  'host.reboot': { kind: 'kiosk', says: [{ uptime: 90_000 }, { uptime: 12 }], thenS: 0 },
  'clk.skew': { kind: 'kiosk', says: [{ clockOffset: -5 }], thenS: 31 },
  'cert.expiring': { kind: 'kiosk', says: [{ certificateRemaining: 20 * DAY }], thenS: 0 },
  'sw.drift': { kind: 'kiosk', says: [{ softwareVersion: '5.3' }], thenS: 601 },
  'agent.lost': { kind: 'kiosk', says: [{ uptime: 5 }, {}], thenS: 11 },
  'cab.humid': { kind: 'env', says: [{ 'humidity.hall': 92 }], thenS: 1801 },
  'mtr.no_read': { kind: 'meter', says: [{ activePower: 5 }, {}], thenS: 11 },
  'mtr.clock': { kind: 'meter', says: [{ clockOffset: 301 }], thenS: 31 },
  'demo.offline': { kind: 'plug', says: [{ activePower: 5 }, {}], thenS: 11 },
  'demo.danger': { kind: 'safety', says: [{ smokeDetected: false }, { smokeDetected: true }], thenS: 0 },
  'demo.tripped': { kind: 'safety', says: [{ rcdTripped: true }], thenS: 91 },
}

/** The first word of a part that stands for the fault. */
function wordFor(code: FaultCode): [quantity: string, word: string] | undefined {
  for (const [name, part] of Object.entries(PARTS)) {
    const quantity = 'qualifier' in part ? `${name}.receipt` : name
    for (const word of Object.keys(part.words)) if (partWord(quantity, word)?.fault === code) return [quantity, word]
  }
  return undefined
}

function storyOf(code: FaultCode): Story {
  const told = STORIES[code]
  if (told) return told
  const [quantity, word] = wordFor(code) ?? []
  if (quantity === undefined || word === undefined) throw new Error(`Nothing in the readings can show ${code}.`)
  return { kind: 'kiosk', says: [{ [quantity]: word }], thenS: code === 'door.left_open' ? 601 : 0 }
}

describe('what a device says becomes the fault', () => {
  test.each(codes)('%s', (code) => {
    const { kind, says, thenS } = storyOf(code)
    const quantities = Object.fromEntries(says.flatMap((values) => Object.keys(values)).map((id) => [id, 0]))
    const device = (id: string) => ({ id, kind, quantities })
    const hall = createTestHall(['x', 'other-1', 'other-2', 'other-3'].map(device))
    // Peers of the drifting terminal; nothing else looks at them.
    for (const id of ['other-1', 'other-2', 'other-3'])
      if (code === 'sw.drift') hall.say(id, { softwareVersion: '5.4' })
    for (const values of says) {
      if (Object.keys(values).length === 0) hall.presence('x', 'offline')
      else hall.say('x', values)
    }
    // Nothing more is said meanwhile: what has no period does not grow old.
    hall.pass(thenS)
    const events = hall.events().filter(({ fault }) => fault.device === 'x' && fault.code === code)
    expect(events.map(({ type }) => type)).toEqual(['raised'])
    expect(events[0]?.evidence.length).toBeGreaterThan(0)
  })
})

describe('the facts of a fault', () => {
  test.each(everyCode)('%s: impact and first action are sentences in both languages', (code) => {
    const { impact, firstAction, group } = faultFacts(code)
    for (const { zh, en } of [impact, firstAction]) {
      expect(zh).toMatch(/^[^{}]{4,40}$/u)
      expect(zh).not.toMatch(/[。.]$/u)
      expect(en).toMatch(/^[A-Z][^{}]{5,110}$/)
    }
    expect(code.startsWith(`${group}.`)).toBe(true)
  })

  test('by rows there are 22 P1, 27 P2, 29 P3 and 6 P4', () => {
    const count = (priority: string) => everyCode.filter((code) => faultFacts(code).priority === priority).length
    expect(['P1', 'P2', 'P3', 'P4'].map(count)).toEqual([22, 27, 29, 6])
  })

  test('eleven faults need somebody to have looked', () => {
    expect(everyCode.filter((code) => faultFacts(code).latched)).toEqual([
      'cash.note_jam',
      'cash.box_missing',
      'cash.box_manip',
      'cash.mismatch',
      'card.retained',
      'card.skimmer',
      'pin.tamper',
      'door.forced',
      'cab.water',
      'ev.ground',
      'demo.not_off',
    ])
  })

  test('the printer decides what the customer goes without', () => {
    expect(faultFacts('prn.paper_jam', 'paperPath.invoice')).toMatchObject({
      impact: { zh: '客户打印不了发票，纸可能卡在出口' },
      loses: ['print-invoice'],
    })
    expect(faultFacts('prn.paper_out', 'paper.ticket')).toMatchObject({ loses: ['take-number'] })
  })

  test('a pay channel is called by its name', () => {
    expect(faultFacts('pay.channel_down', 'payment.alipay').impact.zh).toBe('客户不能用支付宝缴费')
  })

  test('a dead touch screen of a ticket machine costs tickets, not payments', () => {
    expect(faultFacts('touch.dead', 'touch', 'queue').loses).toEqual(['take-number'])
  })
})
