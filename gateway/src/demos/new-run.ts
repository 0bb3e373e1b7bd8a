import { planSteps } from './plan-steps.ts'
import type { ReadScenario } from './read-scenarios.ts'
import type { Run, Slot } from './run.ts'

/** A run that has not started. */
export function newRun(
  read: ReadScenario,
  slots: readonly Slot[],
  about: Pick<Run, 'id' | 'by' | 'screen' | 'at'> &
    Partial<Pick<Run, 'rehearsal' | 'override' | 'playlist' | 'state' | 'reason'>> & {
      readonly inputs?: Readonly<Record<string, number>>
    },
): Run {
  const { inputs = {}, id, by, screen, at, playlist, reason } = about
  const given = Object.entries(read.scenario.inputs).map(
    ([input, { default: usual }]) => [input, inputs[input] ?? usual] as const,
  )
  return {
    id,
    read,
    plan: planSteps(read.scenario, slots),
    slots,
    rehearsal: about.rehearsal ?? false,
    by,
    override: about.override ?? false,
    screen,
    ...(playlist && { playlist }),
    state: about.state ?? 'ready',
    ...(reason && { reason }),
    at,
    step: -1,
    stepAt: at,
    pausedMs: 0,
    alarmed: false,
    loads: {},
    marks: {},
    inputs: Object.fromEntries(given),
    guesses: {},
    during: {},
    sent: {},
    heardAt: at,
    guardConfirmed: false,
    troubles: {},
    tripped: {},
  }
}
