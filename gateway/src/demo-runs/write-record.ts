import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { FactBook } from '../demos/fact-book.ts'
import type { Run } from '../demos/run.ts'
import type { RunView } from '../demos/run-view.ts'
import type { Sample, Track } from '../demos/track.ts'
import type { Frame } from '../domain/frame.ts'
import type { DeviceState } from '../readings/readings.ts'
import type { RecordHead } from './demo-run.ts'
import type { Moment, NewRecord, Recording } from './records.ts'

/** What a run leaves behind. */
export function recordOf(
  run: Run,
  view: RunView,
  tracks: ReadonlyMap<string, Track>,
  script: readonly Moment[],
  from: {
    readonly hall: ResolvedHall
    readonly book: FactBook
    readonly gatewayVersion: string
    state(device: string): DeviceState | undefined
  },
): { readonly record: NewRecord; readonly recording: Recording } {
  const { hall, devices } = from.hall
  const facts = [...new Set(view.figures.flatMap((figure) => figure.facts))]
  const word = (device: string, quantity: string) => from.state(device)?.readings.get(quantity)?.value
  return {
    record: {
      ...headOf(run, view),
      version: run.read.scenario.version,
      hall: { id: hall.hall.id, name: hall.hall.name },
      gatewayVersion: from.gatewayVersion,
      devices: run.slots.flatMap(({ key, device }) => {
        if (device === undefined) return []
        const [model, serial] = [word(device, 'modelName'), word(device, 'serialNumber')]
        return [
          {
            role: key,
            device,
            profile: devices.get(device)?.profileId ?? '',
            ...(typeof model === 'string' && { model }),
            ...(typeof serial === 'string' && { serial }),
          },
        ]
      }),
      samplingS: samplingOf([...tracks.values()]),
      inputs: run.inputs,
      figures: view.figures,
      facts: facts.map((id) => factOf(id, from.book)),
      guesses: Object.entries(run.guesses).map(([step, counts]) => ({ step, counts })),
      ...(view.sentence && { sentence: view.sentence }),
    },
    recording: {
      tracks: Object.fromEntries([...tracks].map(([key, { samples }]) => [key, samples])),
      script,
    },
  }
}

export function headOf(run: Run, { mark, name, state }: RunView): Omit<RecordHead, 'playable'> {
  return {
    id: run.id,
    scenario: run.read.scenario.id,
    name,
    state,
    mark,
    rehearsal: run.rehearsal,
    by: run.by,
    startedAt: run.startedAt ?? run.at,
    endedAt: run.endedAt ?? run.startedAt ?? run.at,
    ...(run.reason && { reason: run.reason }),
  }
}

/** The usual pause between two samples of power, seconds, as it was. */
function samplingOf(tracks: readonly Track[]): number {
  const gaps = tracks.flatMap(({ samples }) => gapsOf(samples)).sort((a, b) => a - b)
  return gaps.length === 0 ? 0 : Math.round(gaps[Math.floor(gaps.length / 2)]! / 100) / 10
}

const gapsOf = (samples: readonly Sample[]): number[] =>
  samples.slice(1).flatMap(({ at }, i) => (at > samples[i]!.at ? [at - samples[i]!.at] : []))

function factOf(id: string, book: FactBook): NewRecord['facts'][number] {
  const fact = book.fact(id, 'CN')
  if (fact) {
    const { name, value, unit, issuer, year, grade } = fact
    return { id, name, value, unit, issuer, year, grade }
  }
  const tariff = book.tariff(id)
  const year = tariff ? Number(tariff.publishedOn.slice(0, 4)) : null
  const { name = { zh: id, en: id }, issuer = '', grade = 'D' } = tariff ?? {}
  return { id, name, value: null, unit: 'yuan/kWh', issuer, year, grade }
}

/** One point of the measurement `demo_run`. */
export function runFrame(run: Run, view: RunView, energyWh: number | undefined): Frame {
  const guesses = Object.values(run.guesses).flat()
  return {
    device: run.read.scenario.id,
    stream: 'demo_run',
    at: run.endedAt ?? run.at,
    values: {
      runState: view.state,
      runMark: view.mark,
      runDuration: view.elapsedS,
      ...(energyWh !== undefined && { runEnergy: Math.round(energyWh * 10) / 10_000 }),
      guessesTaken: guesses.reduce((sum, count) => sum + count, 0),
      ...(run.reason && { stopReason: run.reason.code }),
    },
  }
}
