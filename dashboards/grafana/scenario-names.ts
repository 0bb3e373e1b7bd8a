import { shippedScenarios } from '../../gateway/src/cli/shipped-scenarios.ts'

/** What the demonstrations are called, by the id that InfluxDB knows them by. */
export const SCENARIO_NAMES: Readonly<Record<string, { readonly text: string }>> = Object.fromEntries(
  (await shippedScenarios()).map(({ id, name }) => [id, { text: name.zh }]),
)
