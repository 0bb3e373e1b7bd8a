import type { Value } from '../domain/frame.ts'
import { loadOf } from './loads.ts'
import { look, valueIn } from './look.ts'
import type { Run, Situation, Slot } from './run.ts'
import type { Rehearsed } from './scenario-schema.ts'

/** A reading that nobody measured. */
export interface Rehearsal {
  readonly slot: string
  readonly point: string
  readonly at: number
  readonly value: Value
}

/**
 * What simulated roles show within (from, to], in the order of time: as the scenario’s `rehearse` says, with ramps that end and
 * pulses that come at their exact instants.
 */
export function rehearse(run: Run, situation: Situation, from: number, to: number): Rehearsal[] {
  const sight = look(run, situation, from)
  return run.slots
    .filter(({ mark }) => mark === 'simulated')
    .flatMap((slot) => {
      const { on, off } = run.read.scenario.roles[slot.role]!.rehearse
      const load = loadOf(run, slot.key)
      const isOn = slot.switched && (load.state === 'on' || load.state === 'turning-on')
      const since = slot.switched ? load.since : (run.startedAt ?? from)
      const last = (point: string) => situation.tracks.of(slot.key, point)?.samples.at(-1)?.value
      return [...slot.points, ...slot.alsoPoints].flatMap((point) => {
        // Read-only roles have one way to be; `off` says it as well as `on`.
        const shown = isOn || (!slot.switched && off[point] === undefined) ? (on[point] ?? off[point]) : off[point]
        if (shown === undefined) return []
        // What was heated does not cool down at once: after a ramp its last value stays.
        const held = !isOn && slot.switched && load.order > 0 && isRamp(on[point]) ? last(point) : undefined
        if (held !== undefined) return [{ slot: slot.key, point, at: to, value: held }]
        return samplesOf(
          shown,
          slot,
          point,
          { from, to, since },
          (text) => valueIn(run, sight, text, slot.index === undefined ? {} : { i: slot.index })?.value,
        )
      })
    })
    .sort((a, b) => a.at - b.at)
}

interface Span {
  readonly from: number
  readonly to: number
  readonly since: number
}

function samplesOf(
  shown: Rehearsed,
  slot: Slot,
  point: string,
  { from, to, since }: Span,
  ask: (text: string) => Value | undefined,
): Rehearsal[] {
  const sample = (at: number, value: Value): Rehearsal => ({ slot: slot.key, point, at, value })
  if (typeof shown !== 'object') return [sample(to, shown)]
  if ('is' in shown) {
    const value = ask(shown.is)
    return value === undefined ? [] : [sample(to, value)]
  }
  const { from: first, perS, to: last } = shown
  const valueAt = (at: number) => {
    const value = first + (perS * (at - since)) / 1000
    return perS >= 0 ? Math.min(last, value) : Math.max(last, value)
  }
  // A pulse is an edge: it bears its own instant.
  if (point === 'pulseCount') return pulses(shown, { from, to, since }).map(({ at, count }) => sample(at, count))
  const reachedAt = perS === 0 ? Number.POSITIVE_INFINITY : since + ((last - first) / perS) * 1000
  if (reachedAt > from && reachedAt < to) return [sample(reachedAt, last), sample(to, last)]
  return [sample(to, Math.abs(reachedAt - to) < 1e-6 ? last : valueAt(to))]
}

function pulses({ from: first, perS }: { from: number; perS: number }, { from, to, since }: Span) {
  const edges: { at: number; count: number }[] = []
  if (!(perS > 0)) return edges
  const countAt = (at: number) => Math.max(first, Math.floor(first + (perS * (at - since)) / 1000 + 1e-9))
  for (let count = countAt(from) + 1; count <= countAt(to); count++)
    edges.push({ at: since + ((count - first) / perS) * 1000, count })
  return edges.length === 0 ? [] : edges
}

const isRamp = (shown: Rehearsed | undefined): boolean => typeof shown === 'object' && 'perS' in shown
