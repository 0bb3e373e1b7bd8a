import { expect, test } from 'vitest'
import { isFrozen } from './frozen.ts'
import { Tracks } from './track.ts'

/** A meter read once a second; `counts` turns what went through it into what its register shows. */
function meter(options: { watts: number; seconds: number; counts: (wh: number, second: number) => number }) {
  const tracks = new Tracks()
  for (let second = 0; second <= options.seconds; second++) {
    const wh = (options.watts * second) / 3600
    tracks.note('load', 'activePower', second * 1000, options.watts)
    tracks.note('load', 'activeEnergyImport', second * 1000, options.counts(wh, second) / 1000)
  }
  return isFrozen(
    tracks.of('load', 'activePower')!,
    tracks.of('load', 'activeEnergyImport')!,
    0,
    options.seconds * 1000,
  )
}

const steps = (size: number) => (wh: number) => Math.floor(wh / size + 1e-9) * size

test.each([
  ['a plug that counts every milliwatt-hour', 2000, steps(0.001)],
  ['a meter that counts whole watt-hours, under a lamp', 60, steps(1)],
  ['a meter that counts ten watt-hours, under a kettle', 1800, steps(10)],
  ['a plug that brings its register up to date once a minute', 1500, (_: number, s: number) => Math.floor(s / 60) * 25],
])('%s is believed for ten minutes', (_, watts, counts) => {
  for (const seconds of [10, 30, 61, 130, 300, 600]) expect(meter({ watts, seconds, counts })).toBe(false)
})

test('one that counted and then repeats its figures is found out within nine seconds', () => {
  const stopped = (seconds: number) =>
    meter({ watts: 2000, seconds, counts: (wh, s) => steps(0.001)(s <= 5 ? wh : (2000 * 5) / 3600) })
  expect(stopped(12)).toBe(false)
  expect(stopped(14)).toBe(true)
})

test('one that never counted is found out after a minute, once enough went through it', () => {
  expect(meter({ watts: 2000, seconds: 55, counts: () => 7 })).toBe(false)
  expect(meter({ watts: 2000, seconds: 65, counts: () => 7 })).toBe(true)
  expect(meter({ watts: 60, seconds: 300, counts: () => 7 })).toBe(false)
})
