import { isOnOrComing, loadOf, onMs } from './loads.ts'
import { look, valueIn } from './look.ts'
import { elapsedS, isOver, type Run, type Situation, type Slot, stepOf } from './run.ts'
import type { AskView, CircuitView, InputView, InterlockView, Mark, RoleView, RunView } from './run-view.ts'
import type { Scenario } from './scenario-schema.ts'
import { showPanel } from './show-panel.ts'
import { fill, numberOrNull, showFigures, worstMark } from './show-values.ts'

/** What the hall adds to a run’s view. */
export interface AroundRun {
  readonly circuits: readonly CircuitView[]
  readonly interlocks: readonly InterlockView[]
  readonly hot: RunView['hot']
  readonly offers?: RunView['offers']
  readonly replay?: RunView['replay']
}

/** A run as tablets and screens see it. */
export function showRun(run: Run, situation: Situation, now: number, around: AroundRun): RunView {
  const { scenario } = run.read
  const sight = look(run, situation, now)
  const figures = showFigures(run, sight)
  const mark = markOfRun(run, around.replay !== undefined)
  const panelId = run.state === 'done' ? (scenario.result.panel ?? run.panel) : run.panel
  return {
    id: run.id,
    scenario: scenario.id,
    version: scenario.version,
    name: scenario.name,
    state: run.state,
    mark,
    rehearsal: run.rehearsal,
    ...(around.replay && { replay: around.replay }),
    by: run.by,
    screen: run.screen,
    at: run.at,
    startedAt: run.startedAt ?? null,
    elapsedS: Math.round(elapsedS(run, now) * 10) / 10,
    step: showStep(run, sight.stepS),
    next: isOver(run) ? null : (run.plan[run.step + 1]?.step.title ?? null),
    panel: panelId === undefined ? null : showPanel(panelId, { run, sight, situation, figures }, mark),
    ask: showAsk(run, (text, variables) => valueIn(run, sight, text, variables)?.value),
    inputs: showInputs(scenario, run.inputs),
    roles: run.slots.map((slot) => showRole(run, slot, situation, now)),
    circuits: around.circuits,
    figures,
    shown: scenario.result.figures.filter((id) => figures.some((figure) => figure.id === id)),
    interlocks: around.interlocks,
    ...(run.state === 'done' && { sentence: fill(scenario.result.sentence, run, figures) }),
    ...(run.reason && { reason: run.reason }),
    ...(around.offers && { offers: around.offers }),
    hot: around.hot,
    ...(run.playlist && { playlist: run.playlist }),
  }
}

/** Live only when every device is. A run without devices computes. */
export function markOfRun(run: Pick<Run, 'slots' | 'rehearsal'>, isReplay: boolean): Mark {
  if (run.rehearsal) return 'simulated'
  return isReplay
    ? 'replay'
    : worstMark(
        run.slots.map(({ mark }) => mark),
        'simulated',
      )
}

function showStep(run: Run, stepS: number): RunView['step'] {
  const planned = stepOf(run)
  if (!planned || run.startedAt === undefined) return null
  const { id, title, say, until } = planned.step
  const wholeS = until.is === 'time' ? until.s : until.is === 'condition' ? until.withinS : undefined
  return {
    id,
    index: run.step + 1,
    of: run.plan.length,
    title,
    ...(say && { say }),
    waits: until.is,
    leftS: wholeS === undefined ? null : Math.max(0, Math.round((wholeS - stepS) * 10) / 10),
  }
}

function showAsk(
  run: Run,
  find: (text: string, variables: Readonly<Record<string, number>>) => unknown,
): AskView | null {
  const planned = run.asked === undefined ? undefined : run.plan[run.asked]
  const ask = planned?.step.ask
  if (!planned || !ask) return null
  const counts = run.guesses[planned.key]
  const open = run.asked === run.step && !isOver(run)
  const answer = open || ask.answer === undefined ? undefined : find(ask.answer, planned.variables)
  return {
    question: ask.question,
    options: ask.options.map((text, i) => ({ text, guesses: counts?.[i] ?? 0 })),
    open,
    ...(typeof answer === 'number' && ask.options[answer] !== undefined && { answer }),
  }
}

export function showInputs(scenario: Scenario, values: Readonly<Record<string, number>>): InputView[] {
  return Object.entries(scenario.inputs).map(([id, input]) => {
    const { name, unit, min, max, step, labels, visitor } = input
    return { id, name, value: values[id] ?? input.default, unit, min, max, step, ...(labels && { labels }), visitor }
  })
}

function showRole(run: Run, slot: Slot, situation: Situation, now: number): RoleView {
  const { key, role, name, device, mark, switched, points } = slot
  const load = loadOf(run, key)
  const said = situation.reading(key, 'switchedOn')
  const on = typeof said === 'boolean' ? said : switched ? isOnOrComing(load) : null
  const others = points.filter((point) => point !== 'activePower' && point !== 'switchedOn')
  const ageMs = situation.ageMs(key)
  return {
    role: slot.index === undefined ? role : key,
    name,
    ...(device !== undefined && { device }),
    mark,
    switched,
    on,
    onForS: isOnOrComing(load) ? Math.round(onMs(load, now) / 1000) : null,
    powerW: numberOrNull(situation.reading(key, 'activePower')),
    values: Object.fromEntries(others.map((point) => [point, situation.reading(key, point) ?? null])),
    ageS: ageMs === undefined ? null : Math.round(ageMs / 100) / 10,
    quality: situation.quality(key),
    ...(run.troubles[key] && { trouble: run.troubles[key].text }),
  }
}
