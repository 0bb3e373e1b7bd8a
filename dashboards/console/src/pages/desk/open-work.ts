import { computed, type InjectionKey, inject, provide } from 'vue'
import { get, type Shape } from '../../api/client.ts'
import { type Status, statusOf } from '../../live/device-status.ts'
import type { LiveDevice } from '../../live/hall-mirror.ts'
import { stateWord } from '../../live/vocabulary.ts'
import { useLoadedOnStep } from '../../parts/load-on-step.ts'

export type Alarm = Shape<'Alarm'>
export type Order = Shape<'WorkOrder'>
export type OpenWork = ReturnType<typeof createOpenWork>

const KEY: InjectionKey<OpenWork> = Symbol('open work')
const NONE: readonly Alarm[] = []

/** Open alarms and orders, read once for all pages of the desk. */
function createOpenWork() {
  const alarms = useLoadedOnStep((signal) => get('/api/v1/alarms', { signal }), ['alarm'])
  const orders = useLoadedOnStep((signal) => get('/api/v1/orders', { signal }), ['order', 'alarm'])
  const byDevice = computed(() => {
    const found = new Map<string, Alarm[]>()
    for (const alarm of alarms.value?.alarms ?? []) {
      const list = found.get(alarm.fault.device)
      if (list) list.push(alarm)
      else found.set(alarm.fault.device, [alarm])
    }
    return found
  })
  const alarmsOf = (device: string): readonly Alarm[] => byDevice.value.get(device) ?? NONE
  return {
    alarms,
    orders,
    alarmsOf,
    statusOf: (device: LiveDevice): Status => statusOf(device, alarmsOf(device.id), isFault),
    /** Alarms that call somebody now. */
    heard: computed(() => (alarms.value?.alarms ?? []).filter(isHeard)),
    ordersOf: (device: string): Order[] => (orders.value?.orders ?? []).filter((order) => order.device === device),
  }
}

const isFault = (quantity: string, value: unknown): boolean => stateWord(quantity, value)?.fault !== undefined

export const isHeard = ({ shelved, suppressed }: Alarm): boolean => !shelved && !suppressed

export function provideOpenWork(): OpenWork {
  const work = createOpenWork()
  provide(KEY, work)
  return work
}

export function useOpenWork(): OpenWork {
  const work = inject(KEY)
  if (!work) throw new Error('this page stands outside the desk')
  return work
}

/** Time by which the clock that runs out first is over; undefined when none runs. */
export function nextClock(order: Pick<Order, 'clocks'>) {
  return order.clocks
    .filter(({ stoppedAt }) => stoppedAt === undefined)
    .sort((a, b) => (a.dueAt ?? Number.POSITIVE_INFINITY) - (b.dueAt ?? Number.POSITIVE_INFINITY))[0]
}

/** A clock that still runs is past its end. */
export const isOverdue = (order: Pick<Order, 'clocks'>, now: number): boolean =>
  order.clocks.some((clock) => clock.stoppedAt === undefined && clock.dueAt !== null && clock.dueAt < now)
