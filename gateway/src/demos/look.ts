import { evaluate } from './evaluate.ts'
import { hourAt } from './function-values.ts'
import { isOnOrComing, loadOf } from './loads.ts'
import { createMoney } from './money.ts'
import { elapsedS, isOver, type Run, type Situation, type Slot, stepOf } from './run.ts'
import type { Mark } from './run-view.ts'
import { LIVE, REPLAY, type SeenSlot, type Sight } from './sight.ts'

/** The run at one moment, as its expressions see it. */
export function look(run: Run, situation: Situation, now: number): Sight {
  const { read, slots, marks } = run
  const figures = new Map(read.scenario.figures.map(({ id, is }) => [id, read.expressions.get(is)]))
  const seen = new Map(slots.map((slot) => [slot.key, seenSlot(slot)]))
  const goesOn = !isOver(run)
  const at = run.endedAt ?? now
  const stepS = run.step < 0 ? 0 : Math.max(0, (run.pausedAt ?? at) - run.stepAt) / 1000
  return {
    now: at,
    goesOn,
    startedAt: run.startedAt,
    elapsedS: elapsedS(run, now),
    stepS,
    hour: drawnHour(run, stepS) ?? hourAt(now),
    slot: (role, index) => seen.get(index === undefined ? role : `${role}[${index}]`),
    slots: (role) => slots.flatMap((slot) => (slot.role === role ? [seen.get(slot.key)!] : [])),
    track: (slot, point) => situation.tracks.of(slot, point),
    reading: situation.reading,
    history: situation.history,
    isOn(key) {
      const said = situation.reading(key, 'switchedOn')
      if (typeof said === 'boolean') return said
      const slot = slots.find((one) => one.key === key)
      return slot?.switched ? isOnOrComing(loadOf(run, key)) : undefined
    },
    markedAt: (mark, index) =>
      marks[`${mark}[${index}]`] ?? marks[mark] ?? (index === undefined ? newest(marks, mark) : undefined),
    inputs: run.inputs,
    figure: (id) => figures.get(id),
    money: createMoney(situation.prices, now),
    fact: situation.fact,
    memo: new Map(),
  }
}

const seenSlot = ({ key, mark, ratedW }: Slot): SeenSlot => ({ key, kinds: kindsOfMark(mark), ratedW })

export const kindsOfMark = (mark: Mark): number => ({ live: LIVE, replay: REPLAY, simulated: 0 })[mark]

/** A mark that was set for each device, asked for without one: the last. */
function newest(marks: Run['marks'], mark: string): number | undefined {
  const all = Object.entries(marks).flatMap(([key, at]) => (key.startsWith(`${mark}[`) ? [at] : []))
  return all.length === 0 ? undefined : Math.max(...all)
}

/** The drawn clock goes evenly through its hours while the step lasts. */
function drawnHour(run: Run, stepS: number): number | undefined {
  const { clock, until } = stepOf(run)?.step ?? {}
  if (!clock || !until) return undefined
  const wholeS = until.is === 'time' ? until.s : until.is === 'condition' ? until.withinS : 45
  return clock.from + (clock.to - clock.from) * Math.min(1, stepS / wholeS)
}

/** The value of an expression of the file, by its text. */
export function valueIn(run: Run, sight: Sight, text: string, variables: Readonly<Record<string, number>> = {}) {
  const node = run.read.expressions.get(text)
  return node ? evaluate(node, sight, variables) : undefined
}

export const isTrue = (run: Run, sight: Sight, text: string, variables?: Readonly<Record<string, number>>): boolean =>
  valueIn(run, sight, text, variables)?.value === true
