import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseDocument } from '../src/documents/documents.ts'
import { casesSchema } from '../src/profiles/cases-schema.ts'
import { parseProfile } from '../src/profiles/profiles.ts'
import { protocolOf } from '../src/profiles/protocols.ts'
import { amongOthers, type Page, type Pass, passOf, unlikeBefore } from './decode-pass.ts'

const folder = fileURLToPath(new URL('../../device-profiles/', import.meta.url))
const GOAL = 1_000_000
const REPEATS = 5
/** Of one repetition. */
const LONG_MS = 150
const SHORT_MS = 4
/** The compiler needs some hundred milliseconds until it is through with a profile. */
const WARM_UPS = 4

/** How many values per second one core decodes, by profile, from what the profile's own cases say a device sends. */
export async function run({
  short = false,
}: {
  short?: boolean
} = {}): Promise<{ name: string; method: string; figures: Record<string, number | string> }> {
  const figures: Record<string, number | string> = {}
  const speeds: { id: string; protocol: string; median: number; text: string }[] = []
  for (const id of profileIds()) {
    const profile = parseProfile(id, readFileSync(`${folder}${id}.yaml`, 'utf8'))
    const parsed = parseDocument(readFileSync(`${folder}${id}.cases.yaml`, 'utf8'), casesSchema)
    const cases = parsed.ok ? parsed.value : []
    const pass = await passOf(profile, cases)
    if (!pass) throw new Error(`${id}: its cases show nothing that is decoded, so nothing can be measured.`)
    const measured = await speedOf(pass, short)
    speeds.push({ id, protocol: protocolOf(profile), ...measured })
    const anew = await unlikeBefore(profile, cases)
    if (anew) figures[`${id}: of a page with other lines than the last, values/s`] = (await speedOf(anew, short)).text
    const page = await amongOthers(profile, cases)
    if (page) figures[`${id}: of a page of ${page.lines} lines, MB/s`] = await pageSpeed(page, short)
  }
  for (const protocol of new Set(speeds.map((one) => one.protocol))) {
    const of = speeds.filter((one) => one.protocol === protocol).sort((a, b) => a.median - b.median)
    const slowest = of[0]!
    figures[`${protocol}: profiles`] = of.length
    figures[`${protocol}: median profile, values/s`] = of[of.length >> 1]!.median
    figures[`${protocol}: slowest profile, values/s`] = `${slowest.text} (${slowest.id})`
  }
  figures['profiles in all'] = speeds.length
  const below = speeds.filter(({ median }) => median < GOAL).sort((a, b) => a.median - b.median)
  figures[`of these below ${GOAL} values/s`] = below.length
  for (const { id, text } of below) figures[`below: ${id}, values/s`] = text
  return {
    name: 'decode',
    method: `Values per second of processor time, by profile: what the cases beside each profile say that a device sends is decoded over and over, from words, bytes or messages in memory; nothing is read from a line. Registers: all cases, without texts that are read once. Power signatures: a value for each look at the meter. Messages and pages: the case that says most, parsed from its bytes each time; what the gateway does with an OCPP message beside that is not in it: its check against the schema of the standard, and the copy for the person who looks inside a charger. A page has the lines of the page before it, as exporters write them; once more it is read as if it had others, and once among a hundred times as many lines that nobody wants, in MB/s. ${REPEATS} repetitions of ${short ? SHORT_MS : LONG_MS} ms after ${WARM_UPS} of warm-up: the median, and in brackets the lowest and highest.`,
    figures,
  }
}

const profileIds = (): string[] =>
  readdirSync(folder, { recursive: true })
    .map((name) => String(name).replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.cases.yaml'))
    .map((name) => name.slice(0, -'.cases.yaml'.length))
    .sort()

async function speedOf(pass: Pass, short: boolean): Promise<{ median: number; text: string }> {
  const wantedMs = short ? SHORT_MS : LONG_MS
  await during(pass, WARM_UPS * wantedMs)
  const speeds: number[] = []
  for (let i = 0; i < REPEATS; i++) speeds.push(await during(pass, wantedMs))
  speeds.sort((a, b) => a - b)
  const median = Math.round(speeds[REPEATS >> 1]!)
  return { median, text: `${median} [${Math.round(speeds[0]!)} … ${Math.round(speeds.at(-1)!)}]` }
}

/** What a terminal really shows is some hundred kilobytes for a handful of values: then bytes are what it takes time for. */
async function pageSpeed({ pass, bytes }: Page, short: boolean): Promise<number> {
  const values = await pass()
  const { median } = await speedOf(pass, short)
  return Math.round((median / values) * bytes * 1e-6)
}

/** Values per second of processor time, over at least so much of it: who else uses the machine does not count. */
async function during(pass: Pass, wantedMs: number): Promise<number> {
  const start = process.cpuUsage()
  let values = 0
  let spentMs = 0
  let passes = 50
  while (spentMs < wantedMs) {
    // Only JSONata waits: a promise for each pass would be most of what is measured.
    for (let i = 0; i < passes; i++) {
      const done = pass()
      values += typeof done === 'number' ? done : await done
    }
    const before = spentMs
    const { user, system } = process.cpuUsage(start)
    spentMs = (user + system) / 1000
    // Asking for the time costs as much as a few passes: so seldom that it is not what is measured.
    if (spentMs - before < 1) passes *= 2
  }
  if (values === 0) throw new Error('Nothing was decoded, so nothing was measured.')
  return values / (spentMs / 1000)
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`)
