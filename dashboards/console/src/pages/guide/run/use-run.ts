import { computed, onScopeDispose, ref, watch } from 'vue'
import { ApiFailure, patch, post } from '../../../api/client.ts'
import { hall, onStep } from '../../../live/hall.ts'
import { useAct } from '../../../parts/act.ts'
import { session } from '../../../session/session.ts'
import { type Demos, isOver, type Run } from '../shell/demos.ts'

type RunAct = 'start' | 'pause' | 'resume' | 'next' | 'back' | 'finish' | 'cancel'

/** One run as this tablet sees it: what it shows, and what may be done with it here. */
export function useRun(id: () => string, demos: Demos) {
  const act = useAct()
  const missing = ref<ApiFailure>()
  const run = computed<Run | undefined>(() => demos.run(id()))

  const fetch = async () => {
    try {
      await demos.fetch(id())
      missing.value = undefined
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      // What was known of it stays: the gateway keeps a run that is over for five minutes only.
      if (!run.value || error.status !== 404) missing.value = error
    }
  }
  watch(id, () => void fetch(), { immediate: true })
  onScopeDispose(
    onStep((event) => {
      if (event.type === 'demo' && 'resync' in event) void fetch()
    }),
  )

  const leads = computed(() => run.value !== undefined && run.value.by === session.me.value?.user)
  watch(leads, (mine) => mine && demos.lead(id()), { immediate: true })
  /** Commands need a link that is sure to be there, and the person who began the run. */
  const may = computed(() => leads.value && session.may('run-demos') && hall.isLive.value)
  const answered = async (answer: Promise<Run>) => demos.take(await answer)

  return {
    run,
    missing,
    act,
    fetch,
    leads,
    may,
    over: computed(() => run.value !== undefined && isOver(run.value)),
    do: (name: RunAct, guardConfirmed?: boolean) =>
      act.run(() =>
        answered(
          // All acts answer alike; only the start takes something.
          post(`/api/v1/demo-runs/{id}/${name}` as '/api/v1/demo-runs/{id}/start', {
            params: { id: id() },
            body: (name === 'start' ? { guardConfirmed: guardConfirmed === true } : {}) as { guardConfirmed: boolean },
          }),
        ),
      ),
    guess: (option: number, change: 1 | -1) =>
      act.run(() => answered(post('/api/v1/demo-runs/{id}/guess', { params: { id: id() }, body: { option, change } }))),
    setInput: (input: string, value: number) =>
      act.run(() =>
        answered(patch('/api/v1/demo-runs/{id}/inputs', { params: { id: id() }, body: { [input]: value } })),
      ),
  }
}
export type LedRun = ReturnType<typeof useRun>
