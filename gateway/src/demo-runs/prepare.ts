import type { Binding } from '../demos/bindings.ts'
import { newRun } from '../demos/new-run.ts'
import type { ReadScenario } from '../demos/read-scenarios.ts'
import { type HallNow, type Obstacle, readiness } from '../demos/readiness.ts'
import type { Run, RunReason, Slot } from '../demos/run.ts'
import type { RunView } from '../demos/run-view.ts'
import { rehearsalSlots } from '../demos/slots.ts'
import type { PrepareRequest, RecordHead } from './demo-run.ts'
import { MANAGERS_OF_HALL } from './rights.ts'

/** A run as it is prepared. */
export interface Prepared {
  readonly run: Run
  readonly bindings: ReadonlyMap<string, Binding>
  readonly obstacles: readonly Obstacle[]
  readonly offers?: RunView['offers']
  /** Roles that are played from this record, beside live ones. */
  readonly lanes?: { readonly record: string; readonly roles: readonly string[] }
}

/**
 * What becomes of a wish to play: ready, refused, or an offer of something else. A replay never begins by itself: it is offered,
 * and whoever leads takes the offer by asking again.
 */
export function prepareRun(
  read: ReadScenario,
  request: PrepareRequest & { readonly attended: boolean },
  hall: HallNow,
  about: Pick<Run, 'id' | 'screen' | 'at'> & Pick<Partial<Run>, 'playlist'>,
  record: RecordHead | undefined,
): Prepared {
  const { by, inputs = {}, attended } = request
  const base = { ...about, by, inputs }
  if (request.rehearsal) {
    const run = newRun(read, rehearsalSlots(read.scenario), { ...base, rehearsal: true })
    return { run, bindings: new Map(), obstacles: [] }
  }
  // Who leads the hall may open it.
  const override = request.roles.some((role) => MANAGERS_OF_HALL.includes(role))
  const whole = readiness(read, hall, { override, attended })
  const { fallbacks } = read.scenario
  const missing = whole.obstacles.filter(
    ({ kind, role }) => role !== undefined && kind !== 'blocked' && kind !== 'waiting',
  )
  const leavable = missing.filter(({ role }) =>
    fallbacks.some((one) => one.missing === role && (one.use === 'without' || (one.use === 'replay' && record))),
  )
  const roles = leavable.flatMap(({ role }) => role ?? [])
  const goesWithout = request.without === true && roles.length > 0
  const checked = goesWithout ? readiness(read, hall, { override, attended, without: roles }) : whole
  const [worst] = checked.obstacles
  if (!worst) {
    const lanes = goesWithout
      ? roles.filter((role) => fallbacks.some((one) => one.missing === role && one.use === 'replay'))
      : []
    const slots = [...checked.slots, ...laneSlots(read, lanes)]
    return {
      run: newRun(read, slots, { ...base, override }),
      bindings: checked.bindings,
      obstacles: [],
      ...(lanes.length > 0 && record && { lanes: { record: record.id, roles: lanes } }),
    }
  }
  const isOffer = worst.kind === 'missing' || (worst.kind === 'not-set-up' && worst.role !== undefined)
  return {
    run: newRun(read, checked.slots, { ...base, override, state: isOffer ? 'offer' : 'refused', reason: worst.reason }),
    bindings: new Map(),
    obstacles: checked.obstacles,
    ...(isOffer && { offers: offersFor(read, worst, roles, missing.length === roles.length, record) }),
  }
}

/** A role that is shown from a record: one device, or as many as a list needs. */
function laneSlots({ scenario }: ReadScenario, roles: readonly string[]): Slot[] {
  return rehearsalSlots(scenario)
    .filter(({ role }) => roles.includes(role))
    .map((slot) => ({ ...slot, mark: 'replay' as const }))
}

function offersFor(
  { scenario }: ReadScenario,
  { role = '', reason }: Obstacle,
  leavable: readonly string[],
  allLeavable: boolean,
  record: RecordHead | undefined,
): NonNullable<RunView['offers']> {
  const said = scenario.fallbacks.find(({ missing }) => missing === role)?.say ?? reason.text
  const offers: NonNullable<RunView['offers']>[number][] = []
  if (leavable.length > 0 && allLeavable) offers.push({ kind: 'without', missing: role, text: said })
  if (record) offers.push({ kind: 'replay', missing: role, text: REPLAY, record: record.id })
  return [...offers, { kind: 'rehearse', missing: role, text: REHEARSE }]
}

const REPLAY = { zh: '播放上一次实录（标“回放”）', en: 'Play the last recorded run, marked as a replay' }
const REHEARSE = { zh: '用示意数据走一遍（标“示意”）', en: 'Rehearse with computed values, marked as such' }

export const refusedText = ({ text }: RunReason): string => `${text.zh} · ${text.en}`
