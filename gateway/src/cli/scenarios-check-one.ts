import { setTimeout as delay } from 'node:timers/promises'
import type { RunView } from '../demos/run-view.ts'
import type { Scenario } from '../demos/scenario-schema.ts'
import { playScenario, type RunWatch } from './scenarios-guide.ts'
import type { CheckHall } from './scenarios-hall.ts'
import { type CheckValues, wrongFigures } from './scenarios-values.ts'

/** The record is written once the run is over. */
const RECORDED_WITHIN_MS = 5000

export interface CheckResult {
  readonly scenario: Scenario
  readonly passed: boolean
  readonly seconds: number
  /** Sentence of the result, in both languages; empty when there was none. */
  readonly sentence: { readonly zh: string; readonly en: string }
  readonly problems: readonly string[]
}

/** Devices that a scenario switches, by the hall’s own bindings. */
export function switchedDevices({ demos }: CheckHall, scenario: Scenario): string[] {
  const bindings = { ...demos.roles, ...demos.scenarioRoles[scenario.id] }
  return Object.entries(scenario.roles).flatMap(([role, { switched }]) => {
    const bound = switched ? bindings[role] : undefined
    return bound === undefined ? [] : [bound].flat().map(({ device }) => device)
  })
}

/** Plays one scenario live and holds it to everything it promises: figures, marks, every load off, a record. */
export async function checkOne(
  hall: CheckHall,
  watch: RunWatch,
  scenario: Scenario,
  expected: CheckValues | undefined,
): Promise<CheckResult> {
  const startedMs = performance.now()
  const problems: string[] = []
  let sentence = { zh: '', en: '' }
  try {
    const view = await playScenario(hall, watch, scenario.id, expected?.inputs ?? {})
    sentence = view.sentence ?? sentence
    if (view.state !== 'done') problems.push(`ended as ${view.state}: ${whyOf(view)}`)
    else {
      if (expected) problems.push(...wrongFigures(expected, view.figures))
      problems.push(...wrongMarks(scenario, view), ...(await unrecorded(hall, view)))
    }
  } catch (error) {
    problems.push((error as Error).message)
  }
  problems.push(...(await stillOn(hall, scenario)))
  const seconds = (performance.now() - startedMs) / 1000
  return { scenario, passed: problems.length === 0, seconds, sentence, problems }
}

const whyOf = ({ reason, offers }: RunView): string =>
  reason ? `${reason.code} ${reason.text.zh} · ${reason.text.en}` : (offers ?? []).map(({ text }) => text.en).join('; ')

/** A live run names what it stands on: readings where it has devices, facts elsewhere, never a recording. */
function wrongMarks(scenario: Scenario, { mark, figures, rehearsal }: RunView): string[] {
  const marks = new Set(figures.flatMap((figure) => figure.marks))
  const problems: string[] = []
  if (rehearsal) problems.push('a live run calls itself a rehearsal')
  if (mark === 'replay' || marks.has('replay')) problems.push('a live run shows a replay mark')
  const hasDevices = Object.values(scenario.roles).some(({ required }) => required)
  if (hasDevices && !marks.has('live')) problems.push('no figure of a live run is marked live')
  if (!hasDevices && Object.keys(scenario.roles).length === 0 && marks.has('live'))
    problems.push('a scenario without devices shows a live figure')
  return problems
}

async function unrecorded(hall: CheckHall, view: RunView): Promise<string[]> {
  const endMs = performance.now() + RECORDED_WITHIN_MS
  for (;;) {
    const { body } = await hall.ask(`/demo-records?scenario=${view.scenario}&limit=5`)
    const { records = [] } = body as { records?: { id: string; state: string }[] }
    const own = records.find(({ id }) => id === view.id)
    if (own?.state === 'done') return []
    if (performance.now() > endMs) return [own ? `its record says ${own.state}` : `there is no record of ${view.id}`]
    await delay(200)
  }
}

async function stillOn(hall: CheckHall, scenario: Scenario): Promise<string[]> {
  const loads = await hall.loads()
  return switchedDevices(hall, scenario).flatMap((device) =>
    (loads[device]?.powerW ?? 0) > 0 ? [`${device} still draws ${Math.round(loads[device]?.powerW ?? 0)} W`] : [],
  )
}
