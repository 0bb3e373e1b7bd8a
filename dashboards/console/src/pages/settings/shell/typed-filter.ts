import { type Ref, ref, watch } from 'vue'
import { useAddressFilter } from '../../../parts/address-filter.ts'

/** What is typed into the filter of a list; it stands in the address as `?q=`. */
export function useTypedFilter(): Ref<string> {
  const { chosen, choose } = useAddressFilter(['q'])
  const filter = ref(chosen.value.q)
  watch(filter, (q) => choose({ q }))
  return filter
}

/** Whether any of the texts holds what is looked for. */
export const fitsFilter = (filter: string, texts: readonly (string | undefined)[]): boolean =>
  texts.join(' ').toLowerCase().includes(filter.trim().toLowerCase())
