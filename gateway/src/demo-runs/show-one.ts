import { isOnOrComing, loadOf } from '../demos/loads.ts'
import type { Run } from '../demos/run.ts'
import type { InterlockView, RunView } from '../demos/run-view.ts'
import { type AroundRun, showRun } from '../demos/show-run.ts'
import type { LastOff } from './last-off.ts'
import type { OneRun } from './one-run.ts'

const HOT_AT_MOST_S = 600

/** How a run looks, with what is around it. */
export function viewOf(
  one: OneRun,
  hall: { readonly circuits: RunView['circuits']; readonly interlocks: readonly InterlockView[] },
  offAt: LastOff['at'],
  now: number,
): RunView {
  const { run, situation } = one.live
  const own = new Set(run.slots.flatMap(({ circuit }) => circuit ?? []))
  const around: AroundRun = {
    circuits: hall.circuits.filter(({ id }) => own.has(id)),
    interlocks: [...hall.interlocks, ...runInterlocks(run)],
    hot: hotParts(one, offAt, now),
    ...(one.offers && run.state === 'offer' && { offers: one.offers }),
    ...(one.replay && { replay: one.replay }),
  }
  const shown = showRun(run, situation, now, around)
  return one.overAt === undefined ? shown : { ...shown, at: one.overAt }
}

/** 余热: what was hot and may still be. */
function hotParts({ live }: OneRun, offAt: LastOff['at'], now: number): RunView['hot'] {
  const { run, situation } = live
  return run.slots.flatMap(({ key, role, hot, device, name }) => {
    const since = device === undefined ? undefined : offAt(device)
    if (!hot || since === undefined || isOnOrComing(loadOf(run, key))) return []
    const leftS = Math.ceil(HOT_AT_MOST_S - (now - since) / 1000)
    const limit = run.read.scenario.safety.hotUntilC.find((one) => one.role === role)
    const celsius = limit && situation.reading(key, limit.point)
    if (leftS <= 0 || (limit && typeof celsius === 'number' && celsius < limit.max)) return []
    return [{ role: key, name, leftS }]
  })
}

const OWN = {
  I3: { zh: '回路功率', en: 'Power of the circuit' },
  I4: { zh: '通电时长', en: 'Time switched on' },
  I5: { zh: '平板在线', en: 'Tablet' },
  I6: { zh: '读数新鲜', en: 'Fresh readings' },
  I7: { zh: '温度上限', en: 'Ceilings' },
  stopWhen: { zh: '场景规则', en: 'Rules of the scenario' },
} as const

function runInterlocks({ tripped, read, slots }: Run): InterlockView[] {
  const { safety } = read.scenario
  const switches = slots.some(({ switched }) => switched)
  const shown = {
    I3: switches,
    I4: Object.keys(safety.maxOnS).length > 0,
    I5: switches || !read.scenario.unattended,
    I6: switches,
    I7: safety.ceilings.length > 0,
    stopWhen: safety.stopWhen.length > 0,
  }
  return Object.entries(OWN).flatMap(([id, text]) =>
    shown[id as keyof typeof shown]
      ? [{ id, clear: !Object.keys(tripped).some((key) => key === id || key.startsWith(`${id} `)), text }]
      : [],
  )
}
