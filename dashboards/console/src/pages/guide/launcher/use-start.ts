import { useRouter } from 'vue-router'
import { post, type Shape } from '../../../api/client.ts'
import { type Act, useAct } from '../../../parts/act.ts'
import type { Demos } from '../shell/demos.ts'

export interface Beginning {
  readonly screen?: string | undefined
  readonly rehearsal?: boolean
  /** Id of a record. */
  readonly replay?: string
  readonly without?: boolean
  readonly inputs?: Readonly<Record<string, number>>
  readonly playlist?: { readonly id: string; readonly index: number } | undefined
}

/** Prepares a run and goes to its page; what stands in the way is shown there. */
export function useStart(demos: Demos): { readonly act: Act; begin(scenario: string, how: Beginning): Promise<void> } {
  const router = useRouter()
  const act = useAct()
  return {
    act,
    async begin(scenario, { screen, playlist, inputs, ...how }) {
      let run: Shape<'DemoRun'> | undefined
      const done = await act.run(async () => {
        run = await post('/api/v1/demos/{scenario}/runs', {
          params: { scenario },
          body: { ...how, ...(screen && { screen }), ...(playlist && { playlist }), ...(inputs && { inputs }) },
        })
      })
      if (!done || !run) return
      demos.take(run)
      await router.push(`/guide/run/${run.id}`)
    },
  }
}
