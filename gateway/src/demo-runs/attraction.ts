import type { Commands } from '../commands/command.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { look } from '../demos/look.ts'
import { newRun } from '../demos/new-run.ts'
import type { ReadScenario } from '../demos/read-scenarios.ts'
import { readiness } from '../demos/readiness.ts'
import type { Bilingual, PanelView } from '../demos/run-view.ts'
import { showPanel } from '../demos/show-panel.ts'
import { markOfRun } from '../demos/show-run.ts'
import { fill, showFigures } from '../demos/show-values.ts'
import type { Clock } from '../ports/clock.ts'
import type { DeviceState } from '../readings/readings.ts'
import { type Catalogue, playedIn } from './catalogue.ts'
import type { Attraction } from './demo-run.ts'
import type { HallView } from './hall-view.ts'
import { createLiveRun, type LiveRun } from './live-run.ts'
import type { Past } from './past.ts'
import type { Records } from './records.ts'
import { replayedRun, replayedTracks, replayRun, replaySituation } from './replay.ts'

/** Devices come and go: what the loop shows is chosen anew so often. */
const CHOOSE_EVERY_MS = 30_000

interface Shown {
  readonly panels: readonly PanelView[]
  readonly sentence: Bilingual
}

/**
 * The attract loop, the list that runs without a guide: what nobody has to lead as of now, the rest from its newest record, marked
 * as such. Nothing is switched for it.
 */
export function createAttraction(parts: {
  hall(): ResolvedHall
  readonly catalogue: Catalogue
  readonly records: Pick<Records, 'newest' | 'recording'>
  readonly view: HallView
  state(device: string): DeviceState | undefined
  now(): number
  readonly commands: Pick<Commands, 'request' | 'allOff'>
  readonly clock: Clock
  readonly past: Past
}): { now(): Attraction; takeReading(state: DeviceState, quantities: readonly string[]): void } {
  const { catalogue, records, view } = parts
  /** By scenario, in the order of the list: how it looks now. */
  const shown = new Map<string, LiveRun | Shown>()
  /** Record that is shown of a scenario. */
  const recorded = new Map<string, string>()
  let chosenAt = Number.NEGATIVE_INFINITY

  const fact = (id: string) => catalogue.book.fact(id, parts.hall().hall.demos.region)

  function choose(): void {
    chosenAt = parts.now()
    const played = playedIn(parts.hall().hall, catalogue)
    const loop = catalogue.playlists.find((list) => list.loop)?.scenarios.map(({ scenario }) => scenario)
    const before = new Map(shown)
    shown.clear()
    for (const read of loop ? loop.flatMap((id) => played.find(({ scenario }) => scenario.id === id) ?? []) : played) {
      const { id } = read.scenario
      if (read.scenario.unattended) {
        const live = openLive(read)
        if (live) shown.set(id, live)
      } else if (loop) {
        const kept = before.get(id)
        if (kept) shown.set(id, kept)
        chooseRecord(read)
      }
    }
  }

  function openLive(read: ReadScenario): LiveRun | undefined {
    const { slots, bindings, obstacles } = readiness(read, view.hallNow(), { attended: false })
    if (obstacles.some(({ kind }) => kind !== 'waiting' && kind !== 'blocked')) return undefined
    const run = newRun(read, slots, { id: 'attract', by: '', screen: '', at: chosenAt })
    return createLiveRun(run, bindings, {
      ...parts,
      device: view.known,
      lastOff: { at: () => undefined, switchedOn: () => {}, switchedOff: () => {} },
      prices: view.prices(read.scenario.id),
      fact,
      open: () => false,
      staleMs: 5000,
      circuits: () => new Map(),
      onChange: () => {},
      onAlarm: () => {},
      onOver: () => {},
    })
  }

  /** What it begins with, and its result, as they were recorded; read once for each record. */
  function chooseRecord(read: ReadScenario): void {
    const { id, result } = read.scenario
    const head = records.newest().get(id)
    if (!head || recorded.get(id) === head.id) return
    recorded.set(id, head.id)
    void records.recording(head.id).then(
      (found) => {
        if (!found) return
        const { record, recording } = found
        const end = recording.script.at(-1)?.at ?? record.endedAt
        const about = { id: 'attract', by: '', screen: '', at: record.startedAt }
        const run = { ...replayedRun(replayRun(read, record, about), recording, end), startedAt: record.startedAt }
        const situation = replaySituation(replayedTracks(recording, end), { prices: view.prices(id), fact })
        const sight = look(run, situation, end)
        const showing = { run, sight, situation, figures: showFigures(run, sight) }
        const [first] = panelsOf(run)
        const wanted = [...new Set([first, result.panel ?? run.panel].flatMap((panel) => panel ?? []))]
        const panels = wanted.flatMap((panel) => showPanel(panel, showing, 'replay') ?? [])
        shown.set(id, {
          panels: panels.map((panel) => ({ ...panel, mark: 'replay', title: dated(panel.title, record.startedAt) })),
          sentence: fill(result.sentence, run, showing.figures),
        })
      },
      () => {}, // a record that cannot be read is not shown
    )
  }

  function lookAt(one: LiveRun | Shown): Shown {
    if ('panels' in one) return one
    const { run, situation } = one
    const sight = look(run, situation, parts.now())
    const figures = showFigures(run, sight)
    const mark = markOfRun(run, false)
    const panels = panelsOf(run).flatMap((id) => showPanel(id, { run, sight, situation, figures }, mark) ?? [])
    return { panels, sentence: fill(run.read.scenario.result.sentence, run, figures) }
  }

  return {
    takeReading(state, quantities) {
      for (const one of shown.values()) if (!('panels' in one)) one.takeReading(state, quantities)
    },
    now() {
      if (parts.now() - chosenAt > CHOOSE_EVERY_MS) choose()
      const all = [...shown.values()].map(lookAt)
      return { panels: all.flatMap(({ panels }) => panels), sentence: all[0]?.sentence ?? null }
    },
  }
}

/** In the order in which its steps show them. */
const panelsOf = ({ plan }: LiveRun['run']): string[] => [...new Set(plan.flatMap(({ step }) => step.show ?? []))]

/** Days of a hall begin at midnight in China. */
const dayOf = (at: number): string => new Date(at + 8 * 3_600_000).toISOString().slice(0, 10)

const dated = ({ zh, en }: Bilingual, at: number): Bilingual => ({
  zh: `${zh}（录于 ${dayOf(at)}）`,
  en: `${en} (recorded ${dayOf(at)})`,
})
