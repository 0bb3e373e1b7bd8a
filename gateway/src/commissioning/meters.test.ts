import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { singlePhaseItems, threePhaseItems } from '../../../simulators/dlt645/items.ts'
import type { Dlt645Meter } from '../../../simulators/dlt645/meter.ts'
import { ddsu666 } from '../../../simulators/modbus/chint.ts'
import { createMeter } from '../../../simulators/physics/electric.ts'
import { startSerialLine } from '../../../simulators/serial-line.ts'
import { askItem } from '../dlt645/dlt645.ts'
import { createModbusEndpoint, type ReadResult } from '../modbus/modbus.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { parseProfile } from '../profiles/profiles.ts'
import { searchMeters } from './meter-search.ts'
import { runScan, type ScanEnd, type ScanProgress } from './scan.ts'

const GARBLED = { ok: false, failure: 'garbled' } as const
const TIMEOUT = { ok: false, failure: 'timeout' } as const

/** A search on a line where two that answer at once are not understood. */
async function searched(...meters: string[]) {
  const found: string[] = []
  const asked: string[] = []
  let announced = 1
  await searchMeters(
    async (address): Promise<ReadResult> => {
      asked.push(address)
      const meant = meters.filter((meter) => [...address].every((digit, i) => digit === 'A' || digit === meter[i]))
      if (meant.length === 0) return TIMEOUT
      return meant.length > 1 ? GARBLED : { ok: true, words: [], elapsedMs: 90, meter: meant[0]! }
    },
    ({ address }) => found.push(address),
    (more) => {
      announced += more
    },
  )
  return { found: found.sort(), asked: new Set(asked).size, announced }
}

test('an empty line costs one question, and so does a lone meter', async () => {
  expect(await searched()).toEqual({ found: [], asked: 1, announced: 1 })
  expect(await searched('000000000161')).toEqual({ found: ['000000000161'], asked: 1, announced: 1 })
})

test('meters that answer into one another are told apart by their last digits', async () => {
  const meters = ['000000000161', '000000000162', '202512345678']
  expect(await searched(...meters)).toEqual({ found: meters, asked: 101, announced: 101 })
})

test('where the last digits are the same, those before them tell', async () => {
  const meters = ['000000000161', '000000990161', '000000990261']
  expect((await searched(...meters)).found).toEqual(meters)
})

test('only the first time is it listened for others, so that a lone meter is known soon', async () => {
  const listened: boolean[] = []
  await searchMeters(
    async (_, listenOut) => {
      listened.push(listenOut)
      return { ok: true, words: [], elapsedMs: 90, meter: '000000000161' }
    },
    () => {},
    () => {},
  )
  expect(listened).toEqual([true, false, false])
})

test('two meters under one address end the search and are not made up', async () => {
  expect((await searched('000000000161', '000000000161')).found).toEqual([])
})

const shipped = (id: string) => {
  const path = fileURLToPath(new URL(`../../../device-profiles/${id}.yaml`, import.meta.url))
  return { id, profile: parseProfile(path, readFileSync(path, 'utf8')) }
}

const { state } = createMeter(220.57)
state.u = [231.5, 230.7, 229.9]

/**
 * What a scan of a line with these meters and a Modbus unit finds.
 * @param more `most`: meters after which it is cancelled
 */
async function scanned(
  meters: readonly Dlt645Meter[],
  turnaroundMs: (device: string) => number = () => 1,
  { baud = 115_200, most = Number.POSITIVE_INFINITY } = {},
): Promise<ScanProgress & { readonly end: ScanEnd }> {
  const line = await startSerialLine({
    baud,
    bits: 11,
    meters,
    units: new Map([[2, { device: 'chint', map: ddsu666(state, 0), trouble: {} }]]),
    turnaroundMs,
  })
  const enough = new AbortController()
  const link = { type: 'modbus-rtu-over-tcp', host: '127.0.0.1', port: line.port, baud } as const
  const endpoint = createModbusEndpoint(link, { clock: systemClock, log: silentLog, random: () => 0, askItem })
  onTestFinished(async () => {
    await endpoint.close()
    await line.close()
  })
  const progress: ScanProgress = {
    asked: 0,
    total: 0,
    settings: undefined,
    found: [],
    meters: [],
    skipped: [],
    notes: [],
  }
  const end = await runScan(
    { unitIds: { from: 1, to: 3 }, budgetMs: 30_000, timeoutMs: 150, identify: true, settings: [undefined] },
    progress,
    {
      openLine: async () => ({
        name: 'bus',
        shared: false,
        devices: new Map(),
        meters: new Map([['000000000161', 'meter-1']]),
        read: endpoint.read,
        close: async () => {},
      }),
      profiles: ['dlt645/single-phase', 'dlt645/three-phase', 'chint/ddsu666'].map(shipped),
      clock: systemClock,
      signal: enough.signal,
      onProgress() {
        if (progress.meters.length >= most) enough.abort()
      },
    },
  )
  return { ...progress, end }
}

const threePhase = (address: string): Dlt645Meter => ({
  device: address,
  address,
  items: threePhaseItems({ state, address, clockMs: Date.now }),
  trouble: {},
})

test('a scan finds the meter of a line beside the Modbus unit, and says which profile fits', async () => {
  const { meters, found, end } = await scanned([threePhase('000000000161')])
  expect(end).toBe('done')
  expect(meters).toMatchObject([{ address: '000000000161', device: 'meter-1' }])
  expect(meters[0]?.suggestions[0]?.profile).toBe('dlt645/three-phase')
  expect(found).toMatchObject([{ unitId: 2, suggestions: [{ profile: 'chint/ddsu666' }] }])
})

test('a single-phase meter is known by what it lacks', async () => {
  const source = { state, address: '000000000162', clockMs: Date.now }
  const items = singlePhaseItems(source, 0)
  const { meters } = await scanned([{ device: 'm', address: '000000000162', items, trouble: {} }])
  expect(meters).toMatchObject([{ address: '000000000162', device: null }])
  expect(meters[0]?.suggestions[0]?.profile).toBe('dlt645/single-phase')
})

test.each([115_200, 2400])('a slow meter beside a quick one is found too, at %i Bd', async (baud) => {
  const slow = '202512345600'
  const quick = '000000000101'
  // Both are among the first that are asked by their last digits; the rest of the search is of no interest.
  const turnaroundMs = (device: string) => (device === slow ? 300 : 20)
  const { meters } = await scanned([threePhase(quick), threePhase(slow)], turnaroundMs, { baud, most: 2 })
  expect(meters.map(({ address }) => address)).toEqual([slow, quick])
})
