import { loadOf } from './loads.ts'
import { kindsOfMark, valueIn } from './look.ts'
import type { Panel } from './panel-schema.ts'
import type { Run, Situation, Slot } from './run.ts'
import type { FigureView, Mark, PanelItemView, PanelSeriesView, PanelView } from './run-view.ts'
import { seriesSource } from './scenario-checks.ts'
import { fill, marksOf, numberOrNull, worstMark } from './show-values.ts'
import type { Sight } from './sight.ts'

const MOST_POINTS = 600

/** What is shown of a run, and with what. */
export interface Showing {
  readonly run: Run
  readonly sight: Sight
  readonly situation: Situation
  readonly figures: readonly FigureView[]
}

/** A panel as it is drawn now. `usual` is its mark when nothing in it has one. */
export function showPanel(id: string, showing: Showing, usual: Mark): PanelView | null {
  const { run, figures } = showing
  const panel = run.read.scenario.panels[id]
  if (!panel) return null
  const present = new Set(run.slots.map(({ role }) => role))
  const items = panel.items
    .filter(({ needs, of, each }) => [...needs, ...roleIn(of), ...roleIn(each)].every((role) => present.has(role)))
    .flatMap((item) => (item.each === undefined ? [showItem(item, showing)] : eachItem(item, item.each, showing)))
    .slice(0, 12)
  const series = panel.series.flatMap((one) => showSeries(one, showing))
  const marked = [...items.filter(({ value, on }) => value !== null || on !== undefined), ...series]
  return {
    id,
    kind: panel.kind,
    title: panel.title,
    ...(panel.sentence && { sentence: fill(panel.sentence, run, figures) }),
    sorted: panel.sorted,
    items,
    series,
    sentences: panel.sentences,
    mark: worstMark(
      marked.map(({ mark }) => mark),
      worstMark(
        items.map(({ mark }) => mark),
        usual,
      ),
    ),
  }
}

type Item = Panel['items'][number]

const roleIn = (written: string | undefined): string[] => (written === undefined ? [] : [written.replace(/\[.*$/, '')])

const eachItem = (item: Item, role: string, showing: Showing): PanelItemView[] =>
  showing.run.slots.filter((slot) => slot.role === role).map((slot) => showItem(item, showing, slot))

function showItem(item: Item, { run, sight, situation }: Showing, one?: Slot): PanelItemView {
  const slot = one ?? (item.of === undefined ? undefined : run.slots.find(({ key }) => key === item.of))
  const variables = one?.index === undefined ? {} : { i: one.index }
  const find = (text: string | number | undefined) =>
    typeof text === 'string' ? valueIn(run, sight, text, variables) : undefined
  const number = (text: string | number | undefined) =>
    typeof text === 'number' ? text : numberOrUndefined(find(text)?.value)
  const found = find(item.value)
  const kinds = (found?.kinds ?? 0) | (slot ? kindsOfMark(slot.mark) : 0)
  const optional = {
    digits: item.digits,
    max: number(item.max),
    min: item.min,
    target: number(item.target),
    bandMin: item.bandMin,
    bandMax: item.bandMax,
    on: booleanOrUndefined(find(item.on)?.value) ?? (item.on === undefined && slot ? litOf(run, slot) : undefined),
    done: booleanOrUndefined(find(item.done)?.value),
    at: number(item.at),
    hours: item.hours,
    note: item.note,
  }
  return {
    id: one ? `${item.id}${one.index}` : item.id,
    label: item.label && !one ? item.label : (slot?.name ?? item.label ?? { zh: item.id, en: item.id }),
    value: numberOrNull(found?.value),
    unit: item.unit,
    mark: worstMark(marksOf(kinds), 'simulated'),
    ...given(optional),
    ...(slot?.device !== undefined && situation.quality(slot.key) !== 'good' && { lost: true }),
  }
}

/** Only what is switched is lit by itself. */
const litOf = (run: Run, slot: Slot): boolean | undefined =>
  slot.switched ? loadOf(run, slot.key).state === 'on' : undefined

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }
const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>

const numberOrUndefined = (value: unknown) => (typeof value === 'number' ? value : undefined)
const booleanOrUndefined = (value: unknown) => (typeof value === 'boolean' ? value : undefined)

function showSeries({ id, label, of, from, unit }: Panel['series'][number], showing: Showing): PanelSeriesView[] {
  const { run, sight, situation } = showing
  const source = seriesSource(of)
  if (!source) return []
  if (source.is === 'price') {
    const day = sight.money.day(source.business)
    return day ? [{ id, label, unit, mark: 'simulated', points: day.map((price, hour) => [hour, price]) }] : []
  }
  const slots = run.slots.filter(
    ({ role, index }) => role === source.role && (source.index === undefined || source.index === index),
  )
  const [slot] = slots
  if (!slot) return []
  if (source.is === 'history') {
    const points = thinned(situation.history(slot.key, source.point))
    return [{ id, label, unit, mark: slot.mark === 'simulated' ? 'simulated' : 'replay', points }]
  }
  const begin = (from === undefined ? undefined : sight.markedAt(from, undefined)) ?? run.startedAt
  if (begin === undefined || (from !== undefined && sight.markedAt(from, undefined) === undefined))
    return [{ id, label, unit, mark: slot.mark, points: [] }]
  const samples = situation.tracks.of(slot.key, source.point)?.samples ?? []
  const points = samples.flatMap(({ at, value }) =>
    at >= begin && typeof value === 'number' ? [[Math.round((at - begin) / 100) / 10, value] as const] : [],
  )
  return [{ id, label, unit, mark: slot.mark, points: thinned(points) }]
}

/** Every n-th point, and the newest. */
function thinned(points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const every = Math.ceil(points.length / MOST_POINTS)
  if (every <= 1) return points
  return points.filter((_, i) => (points.length - 1 - i) % every === 0)
}
