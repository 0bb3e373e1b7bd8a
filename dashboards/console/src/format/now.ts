import { onScopeDispose, type Ref, readonly, ref } from 'vue'
import { hall } from '../live/hall.ts'

const now = ref(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

const tick = () => {
  now.value = Date.now() + hall.clockOffsetMs.value
}

/** The gateway's clock, once a second while anybody looks: ages and running clocks come from it, not from this device's own. */
export function useNow(): Readonly<Ref<number>> {
  users += 1
  tick()
  timer ??= setInterval(tick, 1000)
  onScopeDispose(() => {
    users -= 1
    if (users > 0) return
    clearInterval(timer)
    timer = undefined
  })
  return readonly(now)
}
