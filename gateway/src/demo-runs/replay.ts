import { loadOf } from '../demos/loads.ts'
import { newRun } from '../demos/new-run.ts'
import type { ReadScenario } from '../demos/read-scenarios.ts'
import type { Run, Situation, Slot } from '../demos/run.ts'
import { Tracks } from '../demos/track.ts'
import type { Value } from '../domain/frame.ts'
import type { RunRecord } from './demo-run.ts'
import type { Recording } from './records.ts'

/** A recorded run played again: no device hears of it, and everything in it is marked. */

/** The slots a recording has, as they were. */
export function replaySlots(read: ReadScenario, record: RunRecord): Slot[] {
  return record.devices.flatMap(({ role: key }) => {
    const [, role = key, index] = /^(.*?)(?:\[(\d+)\])?$/.exec(key) ?? []
    const definition = read.scenario.roles[role]
    if (!definition) return []
    const { name, required, switched, hot, points, alsoPoints, ratedW } = definition
    const number = index === undefined ? undefined : Number(index)
    const named = number === undefined ? name : { zh: `${name.zh} ${number + 1}`, en: `${name.en} ${number + 1}` }
    return [
      {
        ...{ key, role, index: number, name: named, mark: 'replay', device: undefined, circuit: undefined, ratedW },
        ...{ required, switched, hot, points, alsoPoints },
      } as const,
    ]
  })
}

/** The run at an instant of its recording. */
export function replayedRun(first: Run, { script }: Recording, at: number): Run {
  const moment = script.findLast((one) => one.at <= at) ?? script[0]
  if (!moment) return first
  const { step: _, at: __, state, key, panel, asked, ...was } = moment
  // Steps may have another number by now; their names stay.
  const step = first.plan.findIndex((planned) => planned.key === key)
  return {
    ...first,
    ...was,
    step,
    state: state === 'done' || state === 'finishing' ? state : 'running',
    ...(panel !== undefined && { panel }),
    ...(asked !== undefined && { asked }),
    ...(state === 'done' && { endedAt: moment.at }),
  }
}

export function replayRun(
  read: ReadScenario,
  record: RunRecord,
  about: Pick<Run, 'id' | 'by' | 'screen' | 'at'> & Pick<Partial<Run>, 'playlist'>,
): Run {
  return newRun(read, replaySlots(read, record), { ...about, inputs: record.inputs })
}

/** Everything that was measured, up to the instant that plays now. */
export function replayedTracks({ tracks }: Recording, at: number): Tracks {
  const shown = new Tracks()
  for (const [key, samples] of Object.entries(tracks)) {
    const { slot, point } = splitKey(key)
    for (const sample of samples) {
      if (sample.at > at) break
      shown.note(slot, point, sample.at, sample.value)
    }
  }
  return shown
}

/** `load[0].temperature.water` → slot and point. */
function splitKey(key: string): { readonly slot: string; readonly point: string } {
  const dot = key.indexOf('.')
  return { slot: key.slice(0, dot), point: key.slice(dot + 1) }
}

/**
 * Samples of recorded roles beside live ones, within (from, to]: a switched role begins when it is switched on in this run, all
 * others with the run.
 */
export function laneSamples(recording: Recording, run: Run, from: number, to: number) {
  const samples: { slot: string; point: string; at: number; value: Value }[] = []
  const began = recording.script[0]?.at
  for (const [key, recorded] of Object.entries(recording.tracks)) {
    const { slot, point } = splitKey(key)
    const lane = run.slots.find((one) => one.key === slot && one.mark === 'replay')
    if (!lane || began === undefined || run.startedAt === undefined) continue
    const load = loadOf(run, slot)
    const onThen = recording.script.find(({ loads }) => (loads[slot]?.order ?? 0) > 0)?.loads[slot]?.since
    const isOn = lane.switched && load.order > 0
    // Before it is switched on it shows what it was before.
    const shift = isOn && onThen !== undefined ? load.since - onThen : run.startedAt - began
    const until = lane.switched && !isOn ? (onThen ?? Number.POSITIVE_INFINITY) + shift : Number.POSITIVE_INFINITY
    for (const { at, value } of recorded) {
      const now = at + shift
      if (now > to) break
      if (now > from && now < until) samples.push({ slot, point, at: now, value })
    }
  }
  return samples.sort((a, b) => a.at - b.at)
}

/** What a replay looks at: its recording, and nothing of now. */
export function replaySituation(tracks: Tracks, from: Pick<Situation, 'prices' | 'fact'>): Situation {
  return {
    tracks,
    reading: (slot, point) => tracks.of(slot, point)?.samples.at(-1)?.value,
    quality: () => 'good',
    history: () => [],
    ageMs: () => undefined,
    offAt: () => undefined,
    circuits: new Map(),
    open: true,
    staleMs: 5000,
    ...from,
  }
}
