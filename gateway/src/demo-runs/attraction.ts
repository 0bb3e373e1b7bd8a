import type { Commands } from '../commands/command.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { look } from '../demos/look.ts'
import { newRun } from '../demos/new-run.ts'
import { readiness } from '../demos/readiness.ts'
import { showPanel } from '../demos/show-panel.ts'
import { markOfRun } from '../demos/show-run.ts'
import { fill, showFigures } from '../demos/show-values.ts'
import type { Clock } from '../ports/clock.ts'
import type { DeviceState } from '../readings/readings.ts'
import { type Catalogue, playedIn } from './catalogue.ts'
import type { Attraction } from './demo-run.ts'
import type { HallView } from './hall-view.ts'
import { createLiveRun, type LiveRun } from './live-run.ts'

/** Devices come and go: what the loop shows is chosen anew so often. */
const CHOOSE_EVERY_MS = 30_000

/** The attract loop: panels of what may run without a guide, as of now. Nothing is switched for it. */
export function createAttraction(parts: {
  hall(): ResolvedHall
  readonly catalogue: Catalogue
  readonly view: HallView
  state(device: string): DeviceState | undefined
  now(): number
  readonly commands: Pick<Commands, 'request' | 'allOff'>
  readonly clock: Clock
}): { now(): Attraction; takeReading(state: DeviceState, quantities: readonly string[]): void } {
  const { catalogue, view } = parts
  let shown: LiveRun | undefined
  let chosenAt = Number.NEGATIVE_INFINITY

  /** The first unattended scenario whose devices are there; else the first that needs none. */
  function choose(): void {
    chosenAt = parts.now()
    for (const read of playedIn(parts.hall().hall, catalogue)) {
      if (!read.scenario.unattended) continue
      const { slots, bindings, obstacles } = readiness(read, view.hallNow(), { attended: false })
      if (obstacles.some(({ kind }) => kind !== 'waiting' && kind !== 'blocked')) continue
      const run = newRun(read, slots, { id: 'attract', by: '', screen: '', at: chosenAt })
      shown = createLiveRun(run, bindings, {
        ...parts,
        device: view.known,
        offAt: new Map(),
        prices: view.prices(read.scenario.id),
        fact: (id) => catalogue.book.fact(id, parts.hall().hall.demos.region),
        open: () => false,
        staleMs: 5000,
        circuits: () => new Map(),
        history: () => [],
        onChange: () => {},
        onAlarm: () => {},
        onOver: () => {},
      })
      return
    }
    shown = undefined
  }

  return {
    takeReading(state, quantities) {
      shown?.takeReading(state, quantities)
    },
    now() {
      if (parts.now() - chosenAt > CHOOSE_EVERY_MS) choose()
      if (!shown) return { panels: [], sentence: null }
      const { run, situation } = shown
      const sight = look(run, situation, parts.now())
      const figures = showFigures(run, sight)
      const showing = { run, sight, situation, figures }
      const mark = markOfRun(run, false)
      const { panels, result } = run.read.scenario
      const all = Object.keys(panels).flatMap((id) => showPanel(id, showing, mark) ?? [])
      return { panels: all, sentence: fill(result.sentence, run, figures) }
    },
  }
}
