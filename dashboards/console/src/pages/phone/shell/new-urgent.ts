import { ref, watch } from 'vue'
import { announceUrgent } from '../../../parts/announcer.ts'
import { named } from '../../../words/language.ts'
import type { Alarm, HallLists } from './hall-lists.ts'
import { shellWords as t } from './shell-words.ts'

/** A P1 that appeared while somebody looks: said aloud once, and shown until it is dismissed or taken. */
export function useNewUrgent({ alarms }: HallLists) {
  const shown = ref<Alarm>()
  let known: Set<string> | undefined
  watch(
    () => alarms.value,
    (list) => {
      if (!list) return
      const calling = list.alarms.filter(isCalling)
      const fresh = known === undefined ? [] : calling.filter(({ id }) => !known?.has(id))
      // What was there when the page was opened stands in the list and is not news.
      known = new Set([...(known ?? []), ...calling.map(({ id }) => id)])
      const [first] = fresh
      if (first) {
        shown.value = first
        announceUrgent(t('newP1', { device: first.deviceName, fault: named(first.faultName) }))
      } else if (shown.value && !calling.some(({ id }) => id === shown.value?.id)) shown.value = undefined
    },
    { immediate: true },
  )
  return shown
}

const isCalling = ({ priority, state, shelved, suppressed }: Alarm): boolean =>
  priority === 'P1' && state === 'unacknowledged' && !shelved && !suppressed
