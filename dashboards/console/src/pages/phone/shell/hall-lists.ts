import { type InjectionKey, inject, onScopeDispose, provide, watch } from 'vue'
import { get, type Shape } from '../../../api/client.ts'
import { hall } from '../../../live/hall.ts'
import { actQueue } from '../../../offline/act-queue.ts'
import { keepMyOrders } from '../../../offline/kept-orders.ts'
import { person } from '../../../offline/person.ts'
import type { Loaded } from '../../../parts/load.ts'
import { useLoadedOnStep } from '../../../parts/load-on-step.ts'

export type Order = Shape<'WorkOrder'>
export type Alarm = Shape<'Alarm'>

/** The two lists that several pages of the phone show; they stay while one goes from page to page, and while the link is away. */
export interface HallLists {
  readonly orders: Loaded<Shape<'WorkOrderList'>>
  readonly alarms: Loaded<Shape<'AlarmList'>>
}

const KEY: InjectionKey<HallLists> = Symbol('hall-lists')

/** For the layout: reads both and keeps the orders this person holds for a dead spot. */
export function provideHallLists(): HallLists {
  const lists: HallLists = {
    orders: useLoadedOnStep((signal) => get('/api/v1/orders', { signal }), ['order', 'alarm']),
    alarms: useLoadedOnStep((signal) => get('/api/v1/alarms', { signal }), ['alarm']),
  }
  provide(KEY, lists)
  onScopeDispose(actQueue.onSent(() => void lists.orders.reload()))
  watch(
    () => lists.orders.value,
    (loaded) => {
      const user = person.value?.user
      // What cannot be kept now is kept with the next change.
      if (user !== undefined && loaded && hall.isLive.value) keepMyOrders(user, loaded.orders).catch(() => {})
    },
  )
  return lists
}

/** For the pages below the layout. */
export function useHallLists(): HallLists {
  const lists = inject(KEY)
  if (!lists) throw new Error('no layout provides the lists of the hall')
  return lists
}
