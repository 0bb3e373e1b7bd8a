import { setTimeout as delay } from 'node:timers/promises'
import type { Scenario } from '../demos/scenario-schema.ts'
import { switchedDevices } from './scenarios-check-one.ts'
import { playScenario, watchRuns } from './scenarios-guide.ts'
import type { CheckHall, Loads } from './scenarios-hall.ts'
import type { CheckValues } from './scenarios-values.ts'
import { HANDS } from './scenarios-visitors.ts'

/** Every load has to be off by then, whoever died. */
const OFF_WITHIN_S = 60
/** Pauses between the starts, so that all loads are on at one moment; the scenario’s own times lead there. */
const SETTLE_S = 1.5

export interface KillResult {
  readonly scenario: Scenario
  readonly passed: boolean
  /** A load was on when the gateway was killed. */
  readonly wasOn: boolean
  /** Seconds from the kill until its last load was off; undefined when none was on at the kill, or one stayed on. */
  readonly offAfterS?: number
  readonly problems: readonly string[]
}

const isStrong = ({ switched, hot, ratedW = 0 }: Scenario['roles'][string]): boolean =>
  switched && (hot || ratedW > 1000)

/** Heats, or draws more than a kilowatt. */
export const isHot = (scenario: Scenario): boolean => Object.values(scenario.roles).some(isStrong)

/**
 * Plays all of them so that each has a load on at the same moment, kills the gateway there, watches the loads themselves until they
 * are off, and looks after a restart whether each run was recorded as aborted.
 */
export async function killInTheMiddle(
  hall: CheckHall,
  scenarios: readonly Scenario[],
  values: ReadonlyMap<string, CheckValues>,
): Promise<KillResult[]> {
  const watch = await watchRuns(hall)
  const over = new AbortController()
  const longestS = Math.max(...scenarios.map(leadS))
  const plays = scenarios.map(async (scenario) => {
    await delay((longestS - leadS(scenario)) * 1000, undefined, { signal: over.signal })
    await playScenario(hall, watch, scenario.id, values.get(scenario.id)?.inputs ?? {}, { signal: over.signal })
  })
  // A run that ends early (refused, say) has no load on at the kill, and is told as such.
  const ended = Promise.allSettled(plays)
  await Promise.race([delay((longestS + SETTLE_S) * 1000), ended])

  const before = await hall.loads()
  const killedMs = performance.now()
  await hall.killGateway()
  over.abort()
  watch.close()
  const offAfter = await untilOff(hall, scenarios, before, killedMs)
  await ended
  await hall.startGateway()
  return Promise.all(
    scenarios.map(async (scenario): Promise<KillResult> => {
      const offAfterS = offAfter.get(scenario.id)
      const problems: string[] = []
      const wasOn = isOn(hall, scenario, before)
      if (!wasOn) problems.push('none of its loads was on when the gateway was killed')
      else if (offAfterS === undefined)
        problems.push(`a load was still on ${OFF_WITHIN_S} s after the gateway was killed`)
      problems.push(...(await notAborted(hall, scenario)))
      return { scenario, passed: problems.length === 0, wasOn, problems, ...(offAfterS !== undefined && { offAfterS }) }
    }),
  )
}

const isOn = (hall: CheckHall, scenario: Scenario, loads: Loads): boolean =>
  switchedDevices(hall, scenario).some((device) => (loads[device]?.powerW ?? 0) > 0)

async function untilOff(
  hall: CheckHall,
  scenarios: readonly Scenario[],
  before: Loads,
  killedMs: number,
): Promise<ReadonlyMap<string, number>> {
  const off = new Map<string, number>()
  const on = new Set(scenarios.filter((scenario) => isOn(hall, scenario, before)))
  while (on.size > 0 && performance.now() - killedMs < (OFF_WITHIN_S + 1) * 1000) {
    const loads = await hall.loads()
    for (const scenario of on) {
      if (isOn(hall, scenario, loads)) continue
      on.delete(scenario)
      off.set(scenario.id, (performance.now() - killedMs) / 1000)
    }
    await delay(250)
  }
  return off
}

async function notAborted(hall: CheckHall, { id }: Scenario): Promise<string[]> {
  const { body } = await hall.ask(`/demo-records?scenario=${id}&limit=1`)
  const [record] = (body as { records?: { state: string; reason?: { text: { en: string } } }[] }).records ?? []
  if (!record) return ['there is no record of the run']
  return record.state === 'aborted' ? [] : [`its record says ${record.state}`]
}

/** Seconds from the first tap to the middle of the step in which its hottest load goes on. */
function leadS({ id, steps, roles }: Scenario): number {
  const hot = (action: object): boolean => {
    const role = 'on' in action ? roles[String(action.on).split('[')[0] ?? ''] : undefined
    return role !== undefined && isStrong(role)
  }
  let s = 0
  for (const step of steps) {
    const hands = HANDS[id]?.[step.id]
    const lastsS = step.until.is === 'time' ? step.until.s : (hands?.lastsS ?? hands?.thenWaitS ?? 1)
    const switches = [...step.does, ...step.during.flatMap(({ does }) => does)].some(hot)
    if (switches) return s + Math.min(lastsS / 2, 10)
    s += lastsS
  }
  return s
}
