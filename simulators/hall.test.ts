import { beforeAll, describe, expect, test } from 'vitest'
import { CIRCUITS, type Fittings } from './fittings.ts'
import { createHall, type SimulatedHall } from './hall.ts'
import { BATTERY } from './physics/battery.ts'
import { PHASES, sum } from './physics/electric.ts'

const fittings: Fittings = {
  terminals: [
    { id: 'kiosk-01', phase: 0 },
    { id: 'kiosk-02', phase: 1 },
    { id: 'kiosk-03', phase: 2 },
  ],
  appliances: [
    { id: 'plug-induction', model: 'induction', phase: 0 },
    { id: 'plug-radiant', model: 'radiant', phase: 1 },
    { id: 'plug-water-heater', model: 'water-heater', phase: 2 },
    { id: 'plug-heat-pump', model: 'heat-pump', phase: 0 },
  ],
  chargers: [
    { id: 'evse-01', maxA: 16, phases: [0, 1, 2] },
    { id: 'evse-02', maxA: 32, phases: [1] },
  ],
  counters: 4,
}

const at = (text: string) => Date.parse(`${text}+08:00`)
const midnight = at('2026-06-15T00:00:00')
const MINUTE = 60_000

/** What the main meter shows must be what the loads draw, minus roof and battery. */
function imbalanceW(hall: SimulatedHall): number {
  const loads = CIRCUITS.reduce((total, name) => total + hall.meters[name].state.totalP, 0)
  const sources = hall.state.roof.powerW + hall.state.west.powerW - hall.state.battery.powerW
  return Math.abs(hall.meters.main.state.totalP - (loads - sources))
}

describe('a summer Monday, minute by minute', () => {
  const hall = createHall({ seed: 7, start: midnight, fittings })
  const seen = { imbalanceW: 0, nightPvW: 0, noonPvW: 0, minSoc: 1, maxSoc: 0, backwards: 0, currentError: 0 }
  let integralKWh = 0

  beforeAll(() => {
    const main = hall.meters.main.state
    const startKWh = main.importKWh - main.exportKWh
    let lastImport = main.importKWh
    let lastExport = main.exportKWh
    for (let second = 1; second <= 86_400; second++) {
      hall.step(midnight + second * 1000)
      integralKWh += main.totalP / 3_600_000
      if (second % 60 !== 0) continue
      const hour = second / 3600
      seen.imbalanceW = Math.max(seen.imbalanceW, imbalanceW(hall))
      if (hour < 4.5 || hour > 20.5) seen.nightPvW = Math.max(seen.nightPvW, hall.state.roof.powerW)
      if (hour > 11 && hour < 14) seen.noonPvW = Math.max(seen.noonPvW, hall.state.roof.powerW)
      seen.minSoc = Math.min(seen.minSoc, hall.state.battery.soc)
      seen.maxSoc = Math.max(seen.maxSoc, hall.state.battery.soc)
      if (main.importKWh < lastImport || main.exportKWh < lastExport) seen.backwards++
      lastImport = main.importKWh
      lastExport = main.exportKWh
      for (const phase of PHASES) {
        const expected = Math.abs(main.p[phase]) / (main.u[phase] * main.pf[phase])
        seen.currentError = Math.max(seen.currentError, Math.abs(main.i[phase] - expected))
      }
    }
    integralKWh -= main.importKWh - main.exportKWh - startKWh
  })

  test('the main meter is the sum of all circuits minus roof and battery, within 0.5 W', () => {
    expect(seen.imbalanceW).toBeLessThan(0.5)
  })
  test('its energy registers are the integral of its power', () => {
    expect(Math.abs(integralKWh)).toBeLessThan(0.001)
  })
  test('its energy registers never run backwards', () => {
    expect(seen.backwards).toBe(0)
  })
  test('its currents are P / (U · power factor)', () => {
    expect(seen.currentError).toBeLessThan(1e-6)
  })
  test('the roof gives nothing at night', () => {
    expect(seen.nightPvW).toBe(0)
  })
  test('the roof gives several kilowatts around noon', () => {
    expect(seen.noonPvW).toBeGreaterThan(4000)
  })
  test('the battery stays between its limits', () => {
    expect(seen.minSoc).toBeGreaterThanOrEqual(BATTERY.minSoc)
    expect(seen.maxSoc).toBeLessThanOrEqual(1)
  })
  test('the battery was used', () => {
    expect(seen.maxSoc - seen.minSoc).toBeGreaterThan(0.3)
  })
  test('a terminal served a plausible number of customers', () => {
    const { transactions } = hall.terminals.get('kiosk-01')!.state
    expect(transactions).toBeGreaterThan(40)
    expect(transactions).toBeLessThan(160)
  })
  test('receipts used up paper', () => {
    const { receipts, receiptPaperPercent } = hall.terminals.get('kiosk-01')!.state
    expect(receipts).toBeGreaterThan(20)
    expect(receiptPaperPercent).toBeLessThan(100)
  })
  test('phases add up to the total', () => {
    expect(sum(hall.meters.main.state.p)).toBeCloseTo(hall.meters.main.state.totalP, 9)
  })
})

/** Runs a hall for some minutes and returns what the main meter showed at each. */
function series(seed: number): number[] {
  const hall = createHall({ seed, start: at('2026-06-15T10:00:00'), fittings })
  return Array.from({ length: 30 }, (_, minute) => {
    hall.step(at('2026-06-15T10:00:00') + minute * MINUTE)
    return hall.meters.main.state.totalP
  })
}

test('the same seed gives the same series', () => {
  expect(series(3)).toEqual(series(3))
})

test('another seed gives another series', () => {
  expect(series(3)).not.toEqual(series(4))
})

test('steps of any length lead to the same hall', () => {
  const start = at('2026-06-15T10:00:00')
  const fine = createHall({ seed: 5, start, fittings })
  const coarse = createHall({ seed: 5, start, fittings })
  for (let n = 1; n <= 300; n++) fine.step(start + n * 1000)
  coarse.step(start + 300_000)
  expect(fine.meters.main.state).toEqual(coarse.meters.main.state)
})

test('a clock that goes back changes nothing', () => {
  const start = at('2026-06-15T10:00:00')
  const hall = createHall({ seed: 5, start, fittings })
  hall.step(start + 60_000)
  const before = hall.meters.main.state.importKWh
  hall.step(start - 3_600_000)
  expect(hall.meters.main.state.importKWh).toBe(before)
})

test('a jammed terminal prints no receipts but still serves', () => {
  const start = at('2026-06-15T10:00:00')
  const hall = createHall({ seed: 7, start, fittings })
  const terminal = hall.terminals.get('kiosk-02')!.state
  terminal.parts['paperPath.receipt'] = 'jam'
  hall.step(start + 180 * MINUTE)
  expect(terminal.receipts).toBe(0)
  expect(terminal.transactions).toBeGreaterThan(5)
})

test('a frozen terminal serves nobody', () => {
  const start = at('2026-06-15T10:00:00')
  const hall = createHall({ seed: 7, start, fittings })
  const terminal = hall.terminals.get('kiosk-02')!.state
  terminal.parts.app = 'frozen'
  hall.step(start + 120 * MINUTE)
  expect(terminal.transactions).toBe(0)
})

test('a UPS on battery takes the rack off the mains and runs down', () => {
  const start = at('2026-06-15T10:00:00')
  const hall = createHall({ seed: 7, start, fittings })
  const before = hall.meters['server-room'].state.totalP
  hall.ups.state.mains = false
  hall.step(start + 30 * MINUTE)
  expect(hall.meters['server-room'].state.totalP).toBeLessThan(before - 350)
  expect(hall.ups.state.chargePercent).toBeLessThan(80)
  expect(hall.ups.state.source).toBe('battery')
})

test('a car takes full current first and less when nearly full', () => {
  const start = at('2026-06-15T08:00:00')
  const hall = createHall({ seed: 7, start, fittings })
  const charger = hall.chargers.get('evse-01')!.state
  hall.step(start + MINUTE)
  const early = charger.currentA
  for (let n = 2; n < 600 && charger.carSoc < 0.95; n++) hall.step(start + n * MINUTE)
  expect(early).toBe(16)
  expect(charger.currentA).toBeLessThan(8)
  expect(charger.state).toBe('C')
})
