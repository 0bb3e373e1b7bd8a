import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { ReadScenario } from '../demos/read-scenarios.ts'
import { readiness } from '../demos/readiness.ts'
import type { Bilingual, DemosView, PlaylistView, RunView, ScenarioView } from '../demos/run-view.ts'
import { showInputs } from '../demos/show-run.ts'
import { type Catalogue, entriesOf, playedIn } from './catalogue.ts'
import type { HallView } from './hall-view.ts'
import type { Records } from './records.ts'

/** Everything the launcher shows. */
export function showHall(from: {
  readonly hall: ResolvedHall
  readonly catalogue: Catalogue
  readonly view: HallView
  readonly records: Pick<Records, 'newest'>
  readonly lastRunAt: ReadonlyMap<string, number>
  readonly now: number
  readonly runs: readonly RunView[]
}): DemosView {
  const { catalogue, view } = from
  const played = playedIn(from.hall.hall, catalogue)
  const ids = new Set(played.map(({ scenario }) => scenario.id))
  return {
    at: from.now,
    scenarios: played.map((read) => showScenario(read, from)),
    playlists: catalogue.playlists.flatMap((list): PlaylistView[] => {
      const { id, name, minutes, loop } = list
      const scenarios = entriesOf(list, catalogue, from.records.newest()).map(({ scenario }) => scenario)
      const isWhole = scenarios.every((scenario) => ids.has(scenario))
      return isWhole && scenarios.length > 0 ? [{ id, name, minutes, loop, scenarios }] : []
    }),
    circuits: view.circuits(),
    interlocks: view.interlocks(),
    runs: from.runs,
  }
}

function showScenario(
  read: ReadScenario,
  { hall, catalogue, view, records, lastRunAt }: Parameters<typeof showHall>[0],
): ScenarioView {
  const { scenario } = read
  const { id, number, version, name, story, family, season, lengthS, audience, unattended } = scenario
  const { obstacles, slots } = readiness(read, view.hallNow())
  const [worst] = obstacles
  const record = records.newest().get(id)
  const last = lastRunAt.get(id)
  return {
    ...{ id, number, version, name, story, family, lengthS, audience, unattended },
    ...(season && { season }),
    readiness: worst ? readinessWord(worst.kind, record !== undefined) : slots.length === 0 ? 'simulated' : 'live',
    ...(worst?.inS !== undefined && { inS: worst.inS }),
    ...(worst && { reason: worst.reason }),
    ...(worst?.device !== undefined && { device: worst.device }),
    ...(record && { record: record.id }),
    inputs: showInputs(scenario, {}),
    asksGuard: scenario.safety.guard,
    card: { ...scenario.card, sources: sourcesOf(scenario.card.sources, catalogue.book, hall.hall.demos.region) },
    ...(last !== undefined && { lastRunAt: last }),
  }
}

/** A fact that no file holds any more is left out: an id means nothing to a visitor. */
const sourcesOf = (ids: readonly string[], book: Catalogue['book'], region: string): Bilingual[] =>
  ids.flatMap((id) => {
    const found = book.fact(id, region)
    if (!found) return []
    const { name, issuer, year } = found
    return [{ zh: `${name.zh}（${issuer}，${year} 年）`, en: `${name.en} (${issuer}, ${year})` }]
  })

const readinessWord = (kind: 'missing' | 'blocked' | 'waiting' | 'not-set-up', recorded: boolean) =>
  kind === 'missing' ? (recorded ? 'replay' : 'blocked') : kind
