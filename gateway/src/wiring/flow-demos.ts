import type { DemoRuns } from '../demo-runs/demo-run.ts'
import type { RunView } from '../demos/run-view.ts'
import { allows, type Role } from '../domain/role.ts'
import type { FlowAnswer, FlowAsk } from '../flows/flows.ts'

type DemoAsk = Extract<FlowAsk, { what: 'demo' }>

/** A flow is no tablet: whoever started it stands for it as long as the flows run. */
export const FLOW_BEAT_EVERY_MS = 4000

/** What flows may do with demonstrations: start what neither heats nor is strong, end their own, and ask. */
export function createFlowDemos(demos: DemoRuns) {
  const own = new Map<string, string>()

  function answer({ act, scenario, flow }: DemoAsk, role: Role): FlowAnswer {
    const who = { by: `flow:${flow}`, roles: [role] }
    if (act === 'state') return { ok: true, value: stateOf(scenario) }
    if (!allows(who.roles, 'run-demos'))
      return no('HW_DEMO_NOT_FOR_FLOWS', `flows.role ${role} may not run demonstrations.`)
    if (act === 'stop') {
      const run = demos.runs().find((one) => one.scenario === scenario && one.by === who.by && isUnderWay(one))
      if (!run) return no('HW_DEMO_UNKNOWN', `This flow runs no ${scenario}.`)
      return granted(demos.act(run.id, 'cancel', who))
    }
    const prepared = demos.prepare({ ...who, scenario, forFlow: true })
    if (!prepared.ok) return no(prepared.code, prepared.message)
    const run = prepared.value
    if (run.state !== 'ready')
      return no('HW_DEMO_WRONG_STATE', run.reason ? `${run.reason.text.zh} · ${run.reason.text.en}` : run.state)
    own.set(run.id, who.by)
    return granted(demos.act(run.id, 'start', who))
  }

  function stateOf(scenario: string) {
    const run = demos.runs().findLast((one) => one.scenario === scenario)
    const card = demos.view().scenarios.find(({ id }) => id === scenario)
    return { scenario, readiness: card?.readiness ?? 'not-set-up', run: run ? short(run) : null }
  }

  return {
    answer,
    beat(): void {
      for (const [run, by] of own) if (!demos.beat(run, by)) own.delete(run)
    },
  }
}

const isUnderWay = ({ state }: RunView) => !['done', 'aborted', 'refused', 'offer'].includes(state)

const no = (code: Extract<FlowAnswer, { ok: false }>['code'], message: string): FlowAnswer => ({
  ok: false,
  code,
  message,
})

const granted = (result: ReturnType<DemoRuns['act']>): FlowAnswer =>
  result.ok ? { ok: true, value: short(result.value) } : no(result.code, result.message)

/** A run as flows see it. */
const short = ({ id, scenario, state, mark, elapsedS, figures, reason }: RunView) => ({
  ...{ id, scenario, state, mark, elapsedS },
  figures: Object.fromEntries(figures.map((figure) => [figure.id, figure.value])),
  ...(reason && { reason: reason.code }),
})
