import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** What stands in the address after `?`: a link in a chat opens exactly that. */
export function useAddressFilter<Name extends string>(names: readonly Name[]) {
  const route = useRoute()
  const router = useRouter()

  const one = (name: string): string => {
    const value = route.query[name]
    return (Array.isArray(value) ? value[0] : value) ?? ''
  }
  /** Empty where nothing is chosen. */
  const chosen = computed(() => Object.fromEntries(names.map((name) => [name, one(name)])) as Record<Name, string>)

  /** `undefined` and '' take a filter away; everything else in the address stays. */
  function choose(changed: Partial<Record<Name, string | undefined>>): void {
    const query = { ...route.query }
    for (const [name, value] of Object.entries(changed) as [Name, string | undefined][]) {
      if (value) query[name] = value
      else delete query[name]
    }
    void router.replace({ query, hash: route.hash })
  }
  const clear = () => choose(Object.fromEntries(names.map((name) => [name, ''])) as Record<Name, string>)
  return { chosen, choose, clear }
}
