import { computed, onScopeDispose, ref } from 'vue'
import { get, post, type Shape } from '../../../api/client.ts'
import { useLoaded } from '../../../parts/load.ts'
import { kept } from '../../../session/kept.ts'

export type Screen = Shape<'ScreenState'>

const LOOK_MS = 5_000
const chosen = ref(kept.get('guideScreen'))

/** The big screens of the hall, and the one that this tablet speaks to. */
export function useScreens() {
  const list = useLoaded(async (signal) => (await get('/api/v1/screens', { signal })).screens)
  const timer = setInterval(() => void list.reload(), LOOK_MS)
  onScopeDispose(() => clearInterval(timer))
  const screen = computed<Screen | undefined>(
    () => list.value?.find(({ id }) => id === chosen.value) ?? list.value?.[0],
  )
  return {
    list,
    screen,
    choose(id: string) {
      chosen.value = id
      kept.set('guideScreen', id)
    },
    /** 黑场, and back. Throws ApiFailure. */
    async setDark(dark: boolean) {
      const name = screen.value?.id
      if (name === undefined) return
      await post('/api/v1/screens/{name}/dark', { params: { name }, body: { dark } })
      await list.reload()
    },
  }
}
