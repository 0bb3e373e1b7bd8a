import { ref } from 'vue'
import { actQueue, type Outcome } from '../../../offline/act-queue.ts'
import { MOST_WAITING, type OrderAct } from '../../../offline/queue-rules.ts'
import { orderWords as t } from './order-words.ts'

/** One act at a time; what becomes of it is told, never assumed. */
export function useOrderAct() {
  const isSending = ref(false)
  const problem = ref<string>()
  async function run(
    order: { readonly id: string; readonly deviceName: string },
    act: OrderAct,
    body: Readonly<Record<string, unknown>> = {},
  ): Promise<Outcome | undefined> {
    if (isSending.value) return undefined
    isSending.value = true
    problem.value = undefined
    try {
      const outcome = await actQueue.perform(order, act, body)
      if (outcome === 'full') problem.value = t('full', { n: MOST_WAITING })
      return outcome
    } finally {
      isSending.value = false
    }
  }
  return { isSending, problem, run }
}
