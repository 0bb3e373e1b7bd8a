import { expect, test } from 'vitest'
import { PROTOCOLS } from '../src/profiles/protocols.ts'

interface BenchResult {
  readonly name: string
  readonly method: string
  readonly figures: Readonly<Record<string, number | string>>
}

/** The short version: shows that the measurement works and loses nothing, never how fast the machine is. */
async function shortRun(file: string): Promise<BenchResult[]> {
  const { run } = (await import(file)) as {
    run(options: { short: true }): Promise<BenchResult | BenchResult[]>
  }
  const results = [await run({ short: true })].flat()
  for (const { name, method, figures } of results) {
    expect(method.length, name).toBeGreaterThan(40)
    for (const [figure, value] of Object.entries(figures)) {
      const where = `${name}: ${figure}`
      if (typeof value === 'number') expect(value, where).toBeGreaterThanOrEqual(0)
      else expect(value, where).toMatch(/\d/)
    }
  }
  return results
}

const figuresOf = (results: BenchResult[], name: string) =>
  results.find((one) => one.name.includes(name))?.figures ?? {}

test('broker: the gateway and Mosquitto take messages from the same publishers', async () => {
  const figures = figuresOf(await shortRun('./broker.bench.ts'), 'Mosquitto')
  expect(figures['10 clients × 20 in flight: ratio']).toBeGreaterThan(0)
})

test('decode: every profile is measured, and the slowest of each protocol reaches a fiftieth of the goal on any machine', async () => {
  const figures = figuresOf(await shortRun('./decode.bench.ts'), 'decode')
  expect(figures['profiles in all']).toBeGreaterThanOrEqual(60)
  const slowest = Object.entries(figures).filter(([figure]) => figure.endsWith(': slowest profile, values/s'))
  expect(slowest).toHaveLength(PROTOCOLS.length)
  // The short run is hardly warm: the page of a terminal reached 69,000 on a busy machine, and a third of its speed in a long run.
  expect(slowest.filter(([, values]) => Number.parseInt(String(values), 10) < 20_000)).toEqual([])
})

test('influx: what was committed while InfluxDB was away is there after the drain', async () => {
  const figures = figuresOf(await shortRun('./influx.bench.ts'), 'InfluxDB')
  const [committed, arrived] = String(figures['frames committed, frames in InfluxDB']).split(', ')
  expect(Number(committed)).toBeGreaterThan(0)
  expect(arrived).toBe(committed)
})

test('store: frames become durable', async () => {
  expect(figuresOf(await shortRun('./store.bench.ts'), 'store')['saturated: frames/s durable']).toBeGreaterThan(0)
})

test('polling: the plan of every meter is counted, and an hour with dead neighbours goes by', {
  timeout: 60_000,
}, async () => {
  expect(await shortRun('./polling.bench.ts')).toHaveLength(2)
})

test('meters: 30 of 32 on a line at 9600 Bd keep the promised period beside a dead and a noisy one', {
  timeout: 60_000,
}, async () => {
  const figures = figuresOf(await shortRun('./meters.bench.ts'), 'meters')
  expect(figures['9600 Bd: values they missed']).toBe(0)
  // The line is paced by timers: on a machine with other work some passes are late.
  const kept = figures['9600 Bd: healthy meters whose frames were never more than 1.25 periods apart']
  expect(Number.parseInt(String(kept), 10)).toBeGreaterThan(20)
})

test('gateway: under load, into InfluxDB, after a kill and idle, nothing is lost', { timeout: 120_000 }, async () => {
  const results = await shortRun('./gateway.bench.ts')
  const steady = figuresOf(results, 'points a second')
  expect(steady['messages acknowledged']).toBeGreaterThan(0)
  expect(steady['of these lost']).toBe(0)
  const storm = figuresOf(results, 'storm')
  expect(storm.alarms).toBe(1500)
  expect(storm['of these lost']).toBe(0)
  expect(steady['frames of meters on disk']).toBeGreaterThan(0)
  const forwarded = figuresOf(results, 'InfluxDB')
  expect(forwarded['messages acknowledged']).toBeGreaterThan(0)
  expect(forwarded['of these not in InfluxDB']).toBe(0)
  expect(forwarded['values not in InfluxDB']).toBe(0)
  expect(figuresOf(results, 'kill -9')['ready after, slowest, s (goal ≤ 3)']).toBeGreaterThan(0)
  expect(figuresOf(results, 'idle')['gateway: memory, MB RSS (goal ≤ 150)']).toBeGreaterThan(0)
})
