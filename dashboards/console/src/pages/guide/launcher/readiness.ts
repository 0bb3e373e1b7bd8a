import type { Language } from '../../../words/language.ts'
import type { Scenario } from '../shell/demos.ts'

/** Tabs of the launcher: what a hall lets people try, as the catalogue groups it. */
export const FAMILIES = {
  recommended: 'recommended',
  appliances: 'appliances',
  'smart-home': 'smartHome',
  'smart-meter': 'smartMeter',
  ev: 'ev',
  pv: 'pv',
  saving: 'saving',
  business: 'business',
  safety: 'safety',
} as const
export type Family = keyof typeof FAMILIES

export const familyOf = (text: unknown): Family =>
  typeof text === 'string' && Object.hasOwn(FAMILIES, text) ? (text as Family) : 'recommended'

const ORDER: readonly Scenario['readiness'][] = ['live', 'simulated', 'waiting', 'replay', 'blocked', 'not-set-up']

export const canStart = ({ readiness }: Pick<Scenario, 'readiness'>): boolean =>
  readiness === 'live' || readiness === 'simulated'

/** Winter demonstrations are told from October to March, summer ones from April to September. */
const inSeason = ({ season }: Pick<Scenario, 'season'>, month: number): boolean =>
  season === undefined || season === (month >= 3 && month <= 8 ? 'summer' : 'winter')

/**
 * What the launcher shows, best first: what can be played now, in season, in the order of the catalogue.
 * @param month  0 is January
 */
export function shownScenarios(
  list: readonly Scenario[],
  { family, search, month, language }: { family: Family; search: string; month: number; language: Language },
): Scenario[] {
  const wanted = search.trim().toLowerCase()
  const fits = (scenario: Scenario) => {
    if (wanted !== '')
      return `${scenario.name.zh} ${scenario.name.en} ${scenario.number} ${scenario.story[language]}`
        .toLowerCase()
        .includes(wanted)
    return family === 'recommended' || scenario.family === family
  }
  const rank = (scenario: Scenario) => ORDER.indexOf(scenario.readiness) * 2 + (inSeason(scenario, month) ? 0 : 1)
  return list.filter(fits).sort((a, b) => rank(a) - rank(b) || a.number.localeCompare(b.number))
}
